/**
 * Recorded on Linux 6.18 by record.mjs: some pages of one CPU of an ftrace instance, the format files, and the kernel's own
 * text for the same records (raw_syscalls filtered to openat and close). Pages are cut behind their data.
 */
export const KERNEL: string = '6.18';

export const HEADER_PAGE: string = `	field: u64 timestamp;	offset:0;	size:8;	signed:0;
	field: local_t commit;	offset:8;	size:8;	signed:1;
	field: int overwrite;	offset:8;	size:1;	signed:1;
	field: char data;	offset:16;	size:4080;	signed:0;
`;

export const FORMATS: Readonly<Record<string, string>> = {
  'sched/sched_switch': `name: sched_switch
ID: 372
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char prev_comm[16];	offset:8;	size:16;	signed:0;
	field:pid_t prev_pid;	offset:24;	size:4;	signed:1;
	field:int prev_prio;	offset:28;	size:4;	signed:1;
	field:long prev_state;	offset:32;	size:8;	signed:1;
	field:char next_comm[16];	offset:40;	size:16;	signed:0;
	field:pid_t next_pid;	offset:56;	size:4;	signed:1;
	field:int next_prio;	offset:60;	size:4;	signed:1;

print fmt: ""
`,
  'sched/sched_waking': `name: sched_waking
ID: 375
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char comm[16];	offset:8;	size:16;	signed:0;
	field:pid_t pid;	offset:24;	size:4;	signed:1;
	field:int prio;	offset:28;	size:4;	signed:1;
	field:int target_cpu;	offset:32;	size:4;	signed:1;

print fmt: ""
`,
  'sched/sched_process_fork': `name: sched_process_fork
ID: 366
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:__data_loc char[] parent_comm;	offset:8;	size:4;	signed:0;
	field:pid_t parent_pid;	offset:12;	size:4;	signed:1;
	field:__data_loc char[] child_comm;	offset:16;	size:4;	signed:0;
	field:pid_t child_pid;	offset:20;	size:4;	signed:1;

print fmt: ""
`,
  'sched/sched_process_exec': `name: sched_process_exec
ID: 365
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:__data_loc char[] filename;	offset:8;	size:4;	signed:0;
	field:pid_t pid;	offset:12;	size:4;	signed:1;
	field:pid_t old_pid;	offset:16;	size:4;	signed:1;

print fmt: ""
`,
  'sched/sched_process_exit': `name: sched_process_exit
ID: 369
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char comm[16];	offset:8;	size:16;	signed:0;
	field:pid_t pid;	offset:24;	size:4;	signed:1;
	field:int prio;	offset:28;	size:4;	signed:1;
	field:bool group_dead;	offset:32;	size:1;	signed:0;

print fmt: ""
`,
  'task/task_newtask': `name: task_newtask
ID: 205
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:pid_t pid;	offset:8;	size:4;	signed:1;
	field:char comm[16];	offset:12;	size:16;	signed:0;
	field:u64 clone_flags;	offset:32;	size:8;	signed:0;
	field:short oom_score_adj;	offset:40;	size:2;	signed:1;

print fmt: ""
`,
  'irq/softirq_entry': `name: softirq_entry
ID: 223
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:unsigned int vec;	offset:8;	size:4;	signed:0;

print fmt: ""
`,
  'irq/irq_handler_entry': `name: irq_handler_entry
ID: 225
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:int irq;	offset:8;	size:4;	signed:1;
	field:__data_loc char[] name;	offset:12;	size:4;	signed:0;

print fmt: ""
`,
  'block/block_rq_issue': `name: block_rq_issue
ID: 2104
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:dev_t dev;	offset:8;	size:4;	signed:0;
	field:sector_t sector;	offset:16;	size:8;	signed:0;
	field:unsigned int nr_sector;	offset:24;	size:4;	signed:0;
	field:unsigned int bytes;	offset:28;	size:4;	signed:0;
	field:unsigned short ioprio;	offset:32;	size:2;	signed:0;
	field:char rwbs[10];	offset:34;	size:10;	signed:0;
	field:char comm[16];	offset:44;	size:16;	signed:0;
	field:__data_loc char[] cmd;	offset:60;	size:4;	signed:0;

print fmt: ""
`,
  'block/block_rq_complete': `name: block_rq_complete
ID: 2107
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:dev_t dev;	offset:8;	size:4;	signed:0;
	field:sector_t sector;	offset:16;	size:8;	signed:0;
	field:unsigned int nr_sector;	offset:24;	size:4;	signed:0;
	field:int error;	offset:28;	size:4;	signed:1;
	field:unsigned short ioprio;	offset:32;	size:2;	signed:0;
	field:char rwbs[10];	offset:34;	size:10;	signed:0;
	field:__data_loc char[] cmd;	offset:44;	size:4;	signed:0;

print fmt: ""
`,
  'raw_syscalls/sys_enter': `name: sys_enter
ID: 443
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:long id;	offset:8;	size:8;	signed:1;
	field:unsigned long args[6];	offset:16;	size:48;	signed:0;

print fmt: ""
`,
  'raw_syscalls/sys_exit': `name: sys_exit
ID: 442
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:long id;	offset:8;	size:8;	signed:1;
	field:long ret;	offset:16;	size:8;	signed:1;

print fmt: ""
`,
  'timer/hrtimer_start': `name: hrtimer_start
ID: 460
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * hrtimer;	offset:8;	size:8;	signed:0;
	field:void * function;	offset:16;	size:8;	signed:0;
	field:s64 expires;	offset:24;	size:8;	signed:1;
	field:s64 softexpires;	offset:32;	size:8;	signed:1;
	field:enum hrtimer_mode mode;	offset:40;	size:4;	signed:0;
	field:bool was_armed;	offset:44;	size:1;	signed:0;

print fmt: ""
`,
  'net/net_dev_xmit': `name: net_dev_xmit
ID: 2306
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * skbaddr;	offset:8;	size:8;	signed:0;
	field:unsigned int len;	offset:16;	size:4;	signed:0;
	field:int rc;	offset:20;	size:4;	signed:1;
	field:__data_loc char[] name;	offset:24;	size:4;	signed:0;

print fmt: ""
`,
  'net/netif_receive_skb': `name: netif_receive_skb
ID: 2303
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * skbaddr;	offset:8;	size:8;	signed:0;
	field:unsigned int len;	offset:16;	size:4;	signed:0;
	field:__data_loc char[] name;	offset:20;	size:4;	signed:0;

print fmt: ""
`,
  'skb/kfree_skb': `name: kfree_skb
ID: 2310
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * skbaddr;	offset:8;	size:8;	signed:0;
	field:void * location;	offset:16;	size:8;	signed:0;
	field:void * rx_sk;	offset:24;	size:8;	signed:0;
	field:unsigned short protocol;	offset:32;	size:2;	signed:0;
	field:enum skb_drop_reason reason;	offset:36;	size:4;	signed:0;

print fmt: "skbaddr=%p rx_sk=%p protocol=%u location=%pS reason: %s", REC->skbaddr, REC->rx_sk, REC->protocol, REC->location, __print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, { 3, "NO_SOCKET" }, { 4, "SOCKET_CLOSE" }, { 5, "SOCKET_FILTER" }, { 6, "SOCKET_RCVBUFF" }, { 7, "UNIX_DISCONNECT" }, { 8, "UNIX_SKIP_OOB" }, { 9, "PKT_TOO_SMALL" }, { 10, "TCP_CSUM" }, { 11, "UDP_CSUM" }, { 12, "NETFILTER_DROP" }, { 13, "OTHERHOST" }, { 14, "IP_CSUM" }, { 15, "IP_INHDR" }, { 16, "IP_RPFILTER" }, { 17, "UNICAST_IN_L2_MULTICAST" }, { 18, "XFRM_POLICY" }, { 19, "IP_NOPROTO" }, { 20, "PROTO_MEM" })
`,
};

export const SYSCALL_FORMATS: Readonly<Record<string, string>> = {
  openat: `name: sys_enter_openat
ID: 782
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
	field:int dfd;	offset:16;	size:8;	signed:0;
	field:const char * filename;	offset:24;	size:8;	signed:0;
	field:int flags;	offset:32;	size:8;	signed:0;
	field:umode_t mode;	offset:40;	size:8;	signed:0;

print fmt: ""
`,
  close: `name: sys_enter_close
ID: 776
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
	field:unsigned int fd;	offset:16;	size:8;	signed:0;

print fmt: ""
`,
};

/** Base64, line breaks do not count. */
export const PAGES: readonly string[] = [
  `d6QhlSgDAADYDwAAAAAAAAkAAAB3AQEEV0kAAHNoAAAAAAAAAAAAAAAAAABWSQAAeAAAAAEAAADJPToAbQEAAFdJAAAUAA4AV0kAAFdJAAAvdX
NyL2Jpbi9jaHJ0AAAA8J+CALsBAABXSQAAAQEAAAAAAACc////AAAAALGwrS9VfwAAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAxyIJVmlVAABm
twEAugEAAFdJAAABAQAAAAAAAAMAAAAAAAAAcNcCALsBAABXSQAAAwAAAAAAAAADAAAAAAAAAJ+hAAAAAAAAAQAAAAAAAAACAAAAAAAAAAMAAA
AAAAAAAAAAAAAAAADmYgAAugEAAFdJAAADAAAAAAAAAAAAAAAAAAAAkCIDALsBAABXSQAAAQEAAAAAAACc////AAAAAOCBqi9VfwAAAAAIAAAA
AAAAAAAAAAAAAKc2D33/fwAAAAAAAAAAAABGewEAugEAAFdJAAABAQAAAAAAAAMAAAAAAAAA7EYNAMwBCQFXSQAA+MbBJ4aI///gMkOB/////w
ACZZUoAwAAAAJllSgDAAAAAAAAAAAAAGOeAwDfABAAV0kAAAkAAAAwABYAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAaLOLL1V/AAAAAAAAAAAA
ALxMdNCqgP//AoAAwAAAAAAgAAAAAAAAACZGAAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAACwcmYAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAwK
+lL1V/AAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAACgAt6LaVUAAMbgAQC6AQAAV0kAAAEBAAAAAAAA/v/////////Q2QIAuwEAAFdJAAABAQAA
AAAAAJz///8AAAAAMD4Pff9/AAAAAAgAAAAAAAAAAAAAAAAACAAAAAAAAAABAAAAAAAAAKY5AgC6AQAAV0kAAAEBAAAAAAAAAwAAAAAAAAAwkw
cAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAGKSt+wAAAADgqagvVX8AAAAIAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAZyAAC6AQAAV0kAAAMAAAAA
AAAAAAAAAAAAAAAQXAMAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAMAXei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAACgAt6LaVUAAGbwAA
C6AQAAV0kAAAEBAAAAAAAA/v////////9QMwAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAIAbei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAA
AACgAt6LaVUAAGaoAQC6AQAAV0kAAAEBAAAAAAAAAwAAAAAAAADQFAMAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAAgEAAAAAAAABAAAAAAAAAA
IAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAEY4AAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAABQ6AEAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAcGml
L1V/AAAAAAAAAAAAAAAAAAAAAAAAsEAPff9/AADAk6MvVX8AAOaRAQC6AQAAV0kAAAEBAAAAAAAAAwAAAAAAAADwPwIAuwEAAFdJAAADAAAAAA
AAAAMAAAAAAAAAlGkAAAAAAAABAAAAAAAAAAEAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAKY0AAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAADQggMA
uwEAAFdJAAABAQAAAAAAAJz///8AAAAAoAbei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAACwB96LaVUAAGbhAAC6AQAAV0kAAAEBAAAAAA
AA/v/////////wMAAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAEAnei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAACwB96LaVUAAGYYAQC6
AQAAV0kAAAEBAAAAAAAAAwAAAAAAAAAwRgIAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAFwAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAA
AAAAAAAAAAAIY0AAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAACwcgEAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAgAnei2lVAAAAAAgAAAAAAAAA
AAAAAAAABwAAAAAAAAAgCt6LaVUAACbqAAC6AQAAV0kAAAEBAAAAAAAA/v////////8QMgAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAgAvei2
lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAgCt6LaVUAAIYYAQC6AQAAV0kAAAEBAAAAAAAAAwAAAAAAAADQ4wIAuwEAAFdJAAADAAAAAAAA
AAMAAAAAAAAALwAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAKY0AAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAABQYgEAuw
EAAFdJAAABAQAAAAAAAJz///8AAAAAIA3ei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAACwDN6LaVUAAAa4AAC6AQAAV0kAAAEBAAAAAAAA
/v////////+wLwAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAAA7ei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAACwDN6LaVUAACYNAQC6AQ
AAV0kAAAEBAAAAAAAAAwAAAAAAAADwHAIAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAfwAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAA
AAAAAAAAAIY0AAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAADwbgEAuwEAAFdJAAABAQAAAAAAAJz///8AAAAA4A/ei2lVAAAAAAgAAAAAAAAAAA
AAAAAABwAAAAAAAABwD96LaVUAAGb6AAC6AQAAV0kAAAEBAAAAAAAA/v////////+QLwAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAwBDei2lV
AAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABwD96LaVUAAMYUAQC6AQAAV0kAAAEBAAAAAAAAAwAAAAAAAADQMAIAuwEAAFdJAAADAAAAAAAAAA
MAAAAAAAAAPgAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAGYzAAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAACQfAEAuwEA
AFdJAAABAQAAAAAAAJz///8AAAAAcBLei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAAEt6LaVUAAGa5AAC6AQAAV0kAAAEBAAAAAAAA/v
////////8QLQAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAUBPei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAAEt6LaVUAAGYEAQC6AQAA
V0kAAAEBAAAAAAAAAwAAAAAAAAAwDwIAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAIgAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAA
AAAAAAAIY0AAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAABwdgEAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAwBPei2lVAAAAAAgAAAAAAAAAAAAA
AAAABwAAAAAAAABwFN6LaVUAAMa2AAC6AQAAV0kAAAEBAAAAAAAA/v////////9QLgAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAUCTei2lVAA
AAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABwFN6LaVUAAIYsAQC6AQAAV0kAAAEBAAAAAAAAAwAAAAAAAADQmAAAuwEAAFdJAAADAAAAAAAAAAMA
AAAAAAAA1R2lL1V/AADwPw99/38AAAAQAAAAAAAABwAAAAAAAABwFN6LaVUAAIacAAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAABQOAAAuwEAAF
dJAAABAQAAAAAAAJz///8AAAAAoD8Pff9/AAAAAAgAAAAAAAAAAAAAAAAARVNTQUdFUwBwFN6LaVUAAAYqAQC6AQAAV0kAAAEBAAAAAAAAAwAA
AAAAAAAwLQIAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAMAAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAAY3AAC6AQAAV0
kAAAMAAAAAAAAAAAAAAAAAAACQYwEAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAwCTei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABgJd6L
aVUAAKa1AAC6AQAAV0kAAAEBAAAAAAAA/v////////9QLgAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAwCbei2lVAAAAAAgAAAAAAAAAAAAAAA
AABwAAAAAAAABgJd6LaVUAAGYTAQC6AQAAV0kAAAEBAAAAAAAAAwAAAAAAAAAwwgIAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAADgEAAAAAAAAB
AAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAIY0AAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAAAwdQEAuwEAAFdJAAABAQAAAAAAAJz///
8AAAAAoCnei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAwKd6LaVUAAAbCAAC6AQAAV0kAAAEBAAAAAAAA/v////////+wLwAAuwEAAFdJ
AAABAQAAAAAAAJz///8AAAAAgCrei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAwKd6LaVUAAAY5AQC6AQAAV0kAAAEBAAAAAAAAAwAAAA
AAAACQKgIAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAfgUAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAGYzAAC6AQAAV0kA
AAMAAAAAAAAAAAAAAAAAAAAQUgEAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAkCzei2lVAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAgLN6LaV
UAAAa4AAC6AQAAV0kAAAEBAAAAAAAA/v////////+wLwAAuwEAAFdJAAABAQAAAAAAAJz///8AAAAAcC3ei2lVAAAAAAgAAAAAAAAAAAAAAAAA
BwAAAAAAAAAgLN6LaVUAAKYPAQC6AQAAV0kAAAEBAAAAAAAAAwAAAAAAAACQEQIAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAIA0AAAAAAAABAA
AAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAA==`,
  `/UltlSgDAADEDwAAAAAAAAYAAAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAABwUQIAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAMKVoxZ1VAAAAAA
gAAAAAAAAAAAAAAAAABwAAAAAAAACgomjFnVUAAObeAAC6AQAAWUkAAAEBAAAAAAAA/v////////9wOAAAuwEAAFlJAAABAQAAAAAAAJz///8A
AAAAIKZoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAACgomjFnVUAAKYKAQC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAAAQpAIAuwEAAFlJAA
ADAAAAAAAAAAMAAAAAAAAAAgEAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAKY0AAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAA
AAAwPwEAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAcFk4G0Z/AAAAAAAAAAAAAAAAAAAAAAAAIJcjCf1/AADAgzYbRn8AAMZBAQC6AQAAWUkAAA
EBAAAAAAAAAwAAAAAAAACQ2gEAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAAlGkAAAAAAAABAAAAAAAAAAEAAAAAAAAAAwAAAAAAAAAAAAAAAAAA
AIY0AAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAACwqwIAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAoKZoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABw
AAAAAAAACwp2jFnVUAAMbFAAC6AQAAWUkAAAEBAAAAAAAA/v/////////wMAAAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAEKloxZ1VAAAAAAgA
AAAAAAAAAAAAAAAABwAAAAAAAACwp2jFnVUAAIbYAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAAAwkwEAuwEAAFlJAAADAAAAAAAAAAMAAAAAAA
AAFwAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAGYzAAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAADQVQEAuwEAAFlJAAAB
AQAAAAAAAJz///8AAAAAgKloxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAgqmjFnVUAAIa1AAC6AQAAWUkAAAEBAAAAAAAA/v////////
9QLgAAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAgKtoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAgqmjFnVUAAKbYAAC6AQAAWUkAAAEB
AAAAAAAAAwAAAAAAAABwxgEAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAALwAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAC
YyAAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAAAQQwEAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAIK1oxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAA
AAAAAACwrGjFnVUAAMa2AAC6AQAAWUkAAAEBAAAAAAAA/v////////+wLwAAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAAK5oxZ1VAAAAAAgAAA
AAAAAAAAAAAAAABwAAAAAAAACwrGjFnVUAAIbdAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAACwiwEAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAA
fwAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAKY0AAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAAAQawEAuwEAAFlJAAABAQ
AAAAAAAJz///8AAAAA4K9oxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABwr2jFnVUAAIbEAAC6AQAAWUkAAAEBAAAAAAAA/v////////8w
LQAAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAwLBoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABwr2jFnVUAAGbrAAC6AQAAWUkAAAEBAA
AAAAAAAwAAAAAAAABwxgEAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAAPgAAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAGYz
AAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAACwQQEAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAcLJoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAA
AAAAAAsmjFnVUAACa4AAC6AQAAWUkAAAEBAAAAAAAA/v////////9QLgAAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAULNoxZ1VAAAAAAgAAAAA
AAAAAAAAAAAABwAAAAAAAAAAsmjFnVUAACbRAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAADwlgEAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAAIg
AAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAIY0AAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAADQXwEAuwEAAFlJAAABAQAA
AAAAAJz///8AAAAAwLNoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABwtGjFnVUAAKa1AAC6AQAAWUkAAAEBAAAAAAAA/v////////+QLw
AAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAUMRoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABwtGjFnVUAAKb2AAC6AQAAWUkAAAEBAAAA
AAAAAwAAAAAAAACQiAAAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAA1Q04G0Z/AABgliMJ/X8AAAAQAAAAAAAABwAAAAAAAABwtGjFnVUAAKaJAA
C6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAABwOAAAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAEJYjCf1/AAAAAAgAAAAAAAAAAAAAAAAARVNTQUdF
UwBwtGjFnVUAACbqAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAACwqQEAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAAMAAAAAAAAAABAAAAAAAAAA
IAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAOY1AAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAAAwPwEAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAwMRo
xZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABgxWjFnVUAAKa1AAC6AQAAWUkAAAEBAAAAAAAA/v////////8QLQAAuwEAAFlJAAABAQAAAA
AAAJz///8AAAAAwMZoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABgxWjFnVUAAKbdAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAADQnQIA
uwEAAFlJAAADAAAAAAAAAAMAAAAAAAAADgEAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAIY0AAC6AQAAWUkAAAMAAAAAAA
AAAAAAAAAAAAAQUgEAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAoMloxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAwyWjFnVUAAEa0AAC6
AQAAWUkAAAEBAAAAAAAA/v////////8wLQAAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAgMpoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAA
AwyWjFnVUAAGbcAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAABwqAEAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAAfgUAAAAAAAABAAAAAAAAAAIA
AAAAAAAAAwAAAAAAAAAAAAAAAAAAAEYzAAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAAAQTQEAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAkMxoxZ
1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAgzGjFnVUAAMa2AAC6AQAAWUkAAAEBAAAAAAAA/v////////+wLwAAuwEAAFlJAAABAQAAAAAA
AJz///8AAAAAcM1oxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAAAgzGjFnVUAAGbXAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAACwpAEAuw
EAAFlJAAADAAAAAAAAAAMAAAAAAAAAIA0AAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAIY0AAC6AQAAWUkAAAMAAAAAAAAA
AAAAAAAAAABwEAIAuwEAAFlJAAABAQAAAAAAAJz///8AAAAA4NNoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABw02jFnVUAAIa1AAC6AQ
AAWUkAAAEBAAAAAAAA/v////////9QLgAAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAwNRoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAABw
02jFnVUAAObUAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAABwWwIAuwEAAFlJAAADAAAAAAAAAAMAAAAAAAAAMgAAAAAAAAABAAAAAAAAAAIAAA
AAAAAAAwAAAAAAAAAAAAAAAAAAAKY0AAC6AQAAWUkAAAMAAAAAAAAAAAAAAAAAAAAQTQEAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAYNZoxZ1V
AAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAADw1WjFnVUAAIa1AAC6AQAAWUkAAAEBAAAAAAAA/v////////9QLgAAuwEAAFlJAAABAQAAAAAAAJ
z///8AAAAAQNdoxZ1VAAAAAAgAAAAAAAAAAAAAAAAABwAAAAAAAADw1WjFnVUAAGbSAAC6AQAAWUkAAAEBAAAAAAAAAwAAAAAAAAAwwAEAuwEA
AFlJAAADAAAAAAAAAAMAAAAAAAAAUGUFAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAGYzAAC6AQAAWUkAAAMAAAAAAAAAAA
AAAAAAAABwzQYAuwEAAFlJAAABAQAAAAAAAJz///8AAAAAArojCf1/AAAACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGb1AAC6AQAA
WUkAAAEBAAAAAAAAAwAAAAAAAADRlRkAOAgAAFlJAAAAAOAPAAAAAOgSGwQAAAAACAAAAAAQAAAEIFdTAAAAAAAAAABzeW5jAAAAAAAAAAAAAA
AAQAABAAAAAAA=`,
  `+6HKlSgDAADADgAAAAAAABAAAAC7AQAAWkkAAAEBAAAAAAAAnP///wAAAABQ5B2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAHDUHZYuVg
AAxjIBALoBAABaSQAAAQEAAAAAAAADAAAAAAAAABCkAAC7AQAAWkkAAAMAAAAAAAAAAwAAAAAAAADVjYrhSn8AAFCcE/7+fwAAABAAAAAAAAAH
AAAAAAAAAHDUHZYuVgAApvsAALoBAABaSQAAAwAAAAAAAAAAAAAAAAAAALA5AAC7AQAAWkkAAAEBAAAAAAAAnP///wAAAAAAnBP+/n8AAAAACA
AAAAAAAAAAAAAAAABFU1NBR0VTAHDUHZYuVgAAZhgBALoBAABaSQAAAQEAAAAAAAADAAAAAAAAABDsAQC7AQAAWkkAAAMAAAAAAAAAAwAAAAAA
AAAwAAAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAABjcAALoBAABaSQAAAwAAAAAAAAAAAAAAAAAAANBLAQC7AQAAWkkAAA
EBAAAAAAAAnP///wAAAADA5B2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAGDlHZYuVgAAJrgAALoBAABaSQAAAQEAAAAAAAD+////////
/xAtAAC7AQAAWkkAAAEBAAAAAAAAnP///wAAAADA5h2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAGDlHZYuVgAAZvoAALoBAABaSQAAAQ
EAAAAAAAADAAAAAAAAALBhAgC7AQAAWkkAAAMAAAAAAAAAAwAAAAAAAAAOAQAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAA
pjQAALoBAABaSQAAAwAAAAAAAAAAAAAAAAAAAFBxAQC7AQAAWkkAAAEBAAAAAAAAnP///wAAAACg6R2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAA
AAAAAAADDpHZYuVgAAprUAALoBAABaSQAAAQEAAAAAAAD+/////////1AuAAC7AQAAWkkAAAEBAAAAAAAAnP///wAAAACA6h2WLlYAAAAACAAA
AAAAAAAAAAAAAAAHAAAAAAAAADDpHZYuVgAAhiIBALoBAABaSQAAAQEAAAAAAAADAAAAAAAAAJDzAQC7AQAAWkkAAAMAAAAAAAAAAwAAAAAAAA
B+BQAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAAhjQAALoBAABaSQAAAwAAAAAAAAAAAAAAAAAAAHBsAQC7AQAAWkkAAAEB
AAAAAAAAnP///wAAAACQ7B2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAACDsHZYuVgAAht0AALoBAABaSQAAAQEAAAAAAAD+/////////7
AvAAC7AQAAWkkAAAEBAAAAAAAAnP///wAAAABw7R2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAACDsHZYuVgAApg8BALoBAABaSQAAAQEA
AAAAAAADAAAAAAAAABDsAQC7AQAAWkkAAAMAAAAAAAAAAwAAAAAAAAAgDQAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAARj
MAALoBAABaSQAAAwAAAAAAAAAAAAAAAAAAANBXAgC7AQAAWkkAAAEBAAAAAAAAnP///wAAAADg8x2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAAAA
AAAAAHDzHZYuVgAABrgAALoBAABaSQAAAQEAAAAAAAD+/////////9AwAAC7AQAAWkkAAAEBAAAAAAAAnP///wAAAADA9B2WLlYAAAAACAAAAA
AAAAAAAAAAAAAHAAAAAAAAAHDzHZYuVgAA5vwAALoBAABaSQAAAQEAAAAAAAADAAAAAAAAADBBAgC7AQAAWkkAAAMAAAAAAAAAAwAAAAAAAAAy
AAAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAApjQAALoBAABaSQAAAwAAAAAAAAAAAAAAAAAAABBNAQC7AQAAWkkAAAEBAA
AAAAAAnP///wAAAABg9h2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAPD1HZYuVgAAxrYAALoBAABaSQAAAQEAAAAAAAD+/////////7Av
AAC7AQAAWkkAAAEBAAAAAAAAnP///wAAAABA9x2WLlYAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAPD1HZYuVgAARuEAALoBAABaSQAAAQEAAA
AAAAADAAAAAAAAANDRAQC7AQAAWkkAAAMAAAAAAAAAAwAAAAAAAABQZQUAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAApjQA
ALoBAABaSQAAAwAAAAAAAAAAAAAAAAAAAIm+LAB3AQEDWkkAAGt3b3JrZXIvMDoxSAAAAAA6AAAAZAAAAAAAAACwqQMAdAEBAlpJAABybQAAAA
AAAAAAAAAAAAAAWkkAAFkAAAACAAAAAAAAAGt3b3JrZXIvMDoxSAAAAAA6AAAAZAAAAFBJUgB0AQECVUkAAGJhc2gAAAAAAAAAAAAAAABVSQAA
eAAAAAAAAAAAAAAAcm0AAAAAAAAAAAAAAAAAAFpJAABZAAAA8A0SALsBAABaSQAAAwAAAAAAAAAAAAAAAAAAAAggrfsAAAAA4BmO4Up/AABYjH
LhSn8AAAAAAAAAAAAAYPsdli5WAAAmQQAAugEAAFpJAAADAAAAAAAAAAAAAAAAAAAAsGsAALsBAABaSQAAAwAAAAAAAAABAAAAAAAAAAQgrfsA
AAAA4BmO4Up/AABYjHLhSn8AAAAAAAAAAAAAYPsdli5WAABmMwAAugEAAFpJAAADAAAAAAAAAAAAAAAAAAAAkD4AALsBAABaSQAAAwAAAAAAAA
ACAAAAAAAAAAYgrfsAAAAA4BmO4Up/AABYjHLhSn8AAAAAAAAAAAAAYPsdli5WAAAmNwAAugEAAFpJAAADAAAAAAAAAAAAAAAAAAAA6UkEAHEB
AABaSQAAcm0AAAAAAAAAAAAAAAAAAFpJAABZAAAAAQAAAElULgB3ASUFWkkAAGJhc2gAAAAAAAAAAAAAAABXSQAAWQAAAAAAAADwlAIAdAEBAl
pJAABybQAAAAAAAAAAAAAAAAAAWkkAAFkAAAAgAAAAAAAAAGJhc2gAAAAAAAAAAAAAAABXSQAAWQAAAIwjMgDNAAAAV0kAAFtJAABiYXNoAAAA
AAAAAAAAAAAAAAAAAAAAIAEAAAAAAAAAAAAAAABpLAEAbgEAAFdJAAAYAAUAV0kAAB0ABQBbSQAAYmFzaABiYXNoAAAA8GsWAHQBAQJXSQAAYm
FzaAAAAAAAAAAAAAAAAFdJAABZAAAAAQAAAAAAAABiYXNoAAAAAAAAAAAAAAAAW0kAAFkAAABo4WEAbQEAAFtJAAAUAAoAW0kAAFtJAAAvYmlu
L3RydWUAAADQV3EAuwEAAFtJAAABAQAAAAAAAJz///8AAAAAsQCjmgZ/AAAAAAgAAAAAAAAAAAAAAAAAAAAAAAAAAADaepZMAVYAAMZpAQC6AQ
AAW0kAAAEBAAAAAAAAAwAAAAAAAABwFQIAuwEAAFtJAAADAAAAAAAAAAMAAAAAAAAAn6EAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAA
AAAAAAAAAIZNAAC6AQAAW0kAAAMAAAAAAAAAAAAAAAAAAABwrwIAuwEAAFtJAAABAQAAAAAAAJz///8AAAAA4NGfmgZ/AAAAAAgAAAAAAAAAAA
AAAAAA53y7s/1/AAAAAAAAAAAAACYrAQC6AQAAW0kAAAEBAAAAAAAAAwAAAAAAAAAwPhEAuwEAAFtJAAADAAAAAAAAAAMAAAAAAAAAaAOBmgZ/
AAAAAAAAAAAAALz8fmX5gP//AoAAwAAAAAAgAAAAAAAAACZBAAC6AQAAW0kAAAMAAAAAAAAAAAAAAAAAAACJ5T4AcQEAAFtJAAB0cnVlAAAAAA
AAAAAAAAAAW0kAAFkAAAABAAAAiWoYAHcBJQVbSQAAYmFzaAAAAAAAAAAAAAAAAFdJAABZAAAAAAAAANB1AgB0AQECW0kAAHRydWUAAAAAAAAA
AAAAAABbSQAAWQAAACAAAAAAAAAAYmFzaAAAAAAAAAAAAAAAAFdJAABZAAAAjL4cAMwBCQFXSQAA+MbBJ4aI///gMkOB/////wAdHJYoAwAAAB
0cligDAAAAAAAAAAAAAINjAwDfABAAV0kAAAkAAACwQBkAuwEAAFdJAAADAAAAAAAAAAMAAAAAAAAAAQAAAAAAAAD/////AAAAAEUpGzHP/nvK
AAAAAAAAAABABVG/TFYAAGY9AAC6AQAAV0kAAAMAAAAAAAAAAAAAAAAAAACpzgoAAgmAAFdJAAAA90gCgYj//y0AAAAAAAAAHAADAGxvAAAAAA
AA40kAAN8AEAFXSQAAAwAAAAdmAQD/CBABV0kAAAD3SAKBiP//HwAAABgAAwBsbwAAqZ8FAAIJkAJXSQAAAP1IAoGI//9JAAAAAAAAABwAAwBs
bwAAAAAAAIqrAAAGCRABV0kAAAD3SAKBiP//TG8Egv////8AAAAAAAAAAAAIAAADAAAAJ+AAAP8IEAFXSQAAAP1IAoGI//87AAAAGAADAGxvAA
DQKAcAuwEAAFdJAAADAAAAAAAAAAoAAAAAAAAAAQAAAAAAAAD/////AAAAAAAAAAAAAAAABwAAAAAAAAAAAAAAAAAAAIY0AAC6AQAAV0kAAAMA
AAAAAAAAAAAAAAAAAABpPw0AcQEAAFdJAABiYXNoAAAAAAAAAAAAAAAAV0kAAFkAAAABAAAAKaBDAHcBJQRXSQAAc2gAAAAAAAAAAAAAAAAAAF
ZJAAB4AAAAAQAAADBuCgB0AQECV0kAAGJhc2gAAAAAAAAAAAAAAABXSQAAWQAAACAAAAAAAAAAYmFzaAAAAAAAAAAAAAAAAFVJAAB4AAAA`,
];

export const TEXT: string = `            bash-18775   [000] d..4.  3472.835585: sched_waking: comm=sh pid=18774 prio=120 target_cpu=001
            bash-18775   [000] .....  3472.835704: sched_process_exec: filename=/usr/bin/chrt pid=18775 old_pid=18775
            bash-18775   [000] .....  3472.835972: sys_enter: NR 257 (ffffff9c, 7f552fadb0b1, 80000, 0, 0, 5569560922c7)
            bash-18775   [000] .....  3472.835975: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.835981: sys_enter: NR 3 (3, a19f, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.835982: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.835988: sys_enter: NR 257 (ffffff9c, 7f552faa81e0, 80000, 0, 7fff7d0f36a7, 0)
            bash-18775   [000] .....  3472.835992: sys_exit: NR 257 = 3
            bash-18775   [000] d.h1.  3472.836019: hrtimer_start: hrtimer=000000008cbb39df function=tick_nohz_handler expires=3472840000000 softexpires=3472840000000 mode=ABS was_armed=0
            bash-18775   [000] ..s..  3472.836026: softirq_entry: vec=9 [action=RCU]
            bash-18775   [000] .....  3472.836071: sys_enter: NR 3 (3, 7f552f8bb368, 0, ffff80aad0744cbc, c0008002, 20)
            bash-18775   [000] .....  3472.836072: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836282: sys_enter: NR 257 (ffffff9c, 7f552fa5afc0, 80000, 0, 7, 55698bde02a0)
            bash-18775   [000] .....  3472.836285: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836291: sys_enter: NR 257 (ffffff9c, 7fff7d0f3e30, 80000, 0, 8, 1)
            bash-18775   [000] .....  3472.836296: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836311: sys_enter: NR 3 (3, fbada418, 7f552fa8a9e0, 800, 1, 0)
            bash-18775   [000] .....  3472.836312: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836319: sys_enter: NR 257 (ffffff9c, 55698bde0530, 80000, 0, 7, 55698bde02a0)
            bash-18775   [000] .....  3472.836321: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836321: sys_enter: NR 257 (ffffff9c, 55698bde0620, 80000, 0, 7, 55698bde02a0)
            bash-18775   [000] .....  3472.836325: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836331: sys_enter: NR 3 (3, 102, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836332: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836335: sys_enter: NR 257 (ffffff9c, 7f552fa56970, 0, 0, 7fff7d0f40b0, 7f552fa393c0)
            bash-18775   [000] .....  3472.836339: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836343: sys_enter: NR 3 (3, 6994, 1, 1, 3, 0)
            bash-18775   [000] .....  3472.836344: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836351: sys_enter: NR 257 (ffffff9c, 55698bde06a0, 80000, 0, 7, 55698bde07b0)
            bash-18775   [000] .....  3472.836353: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836353: sys_enter: NR 257 (ffffff9c, 55698bde0910, 80000, 0, 7, 55698bde07b0)
            bash-18775   [000] .....  3472.836355: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836360: sys_enter: NR 3 (3, 17, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836360: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836363: sys_enter: NR 257 (ffffff9c, 55698bde0980, 80000, 0, 7, 55698bde0a20)
            bash-18775   [000] .....  3472.836365: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836366: sys_enter: NR 257 (ffffff9c, 55698bde0b80, 80000, 0, 7, 55698bde0a20)
            bash-18775   [000] .....  3472.836368: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836374: sys_enter: NR 3 (3, 2f, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836374: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836377: sys_enter: NR 257 (ffffff9c, 55698bde0d20, 80000, 0, 7, 55698bde0cb0)
            bash-18775   [000] .....  3472.836379: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836379: sys_enter: NR 257 (ffffff9c, 55698bde0e00, 80000, 0, 7, 55698bde0cb0)
            bash-18775   [000] .....  3472.836381: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836385: sys_enter: NR 3 (3, 7f, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836386: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836389: sys_enter: NR 257 (ffffff9c, 55698bde0fe0, 80000, 0, 7, 55698bde0f70)
            bash-18775   [000] .....  3472.836391: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836391: sys_enter: NR 257 (ffffff9c, 55698bde10c0, 80000, 0, 7, 55698bde0f70)
            bash-18775   [000] .....  3472.836393: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836398: sys_enter: NR 3 (3, 3e, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836398: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836401: sys_enter: NR 257 (ffffff9c, 55698bde1270, 80000, 0, 7, 55698bde1200)
            bash-18775   [000] .....  3472.836403: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836403: sys_enter: NR 257 (ffffff9c, 55698bde1350, 80000, 0, 7, 55698bde1200)
            bash-18775   [000] .....  3472.836405: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836409: sys_enter: NR 3 (3, 22, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836410: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836413: sys_enter: NR 257 (ffffff9c, 55698bde13c0, 80000, 0, 7, 55698bde1470)
            bash-18775   [000] .....  3472.836414: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836415: sys_enter: NR 257 (ffffff9c, 55698bde2450, 80000, 0, 7, 55698bde1470)
            bash-18775   [000] .....  3472.836417: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836418: sys_enter: NR 3 (3, 7f552fa51dd5, 7fff7d0f3ff0, 1000, 7, 55698bde1470)
            bash-18775   [000] .....  3472.836420: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836420: sys_enter: NR 257 (ffffff9c, 7fff7d0f3fa0, 80000, 0, 53454741535345, 55698bde1470)
            bash-18775   [000] .....  3472.836422: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836427: sys_enter: NR 3 (3, 30, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836427: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836430: sys_enter: NR 257 (ffffff9c, 55698bde24c0, 80000, 0, 7, 55698bde2560)
            bash-18775   [000] .....  3472.836432: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836432: sys_enter: NR 257 (ffffff9c, 55698bde26c0, 80000, 0, 7, 55698bde2560)
            bash-18775   [000] .....  3472.836434: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836440: sys_enter: NR 3 (3, 10e, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836440: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836443: sys_enter: NR 257 (ffffff9c, 55698bde29a0, 80000, 0, 7, 55698bde2930)
            bash-18775   [000] .....  3472.836445: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836445: sys_enter: NR 257 (ffffff9c, 55698bde2a80, 80000, 0, 7, 55698bde2930)
            bash-18775   [000] .....  3472.836448: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836452: sys_enter: NR 3 (3, 57e, 1, 2, 3, 0)
            bash-18775   [000] .....  3472.836453: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.836455: sys_enter: NR 257 (ffffff9c, 55698bde2c90, 80000, 0, 7, 55698bde2c20)
            bash-18775   [000] .....  3472.836457: sys_exit: NR 257 = -2
            bash-18775   [000] .....  3472.836457: sys_enter: NR 257 (ffffff9c, 55698bde2d70, 80000, 0, 7, 55698bde2c20)
            bash-18775   [000] .....  3472.836459: sys_exit: NR 257 = 3
            bash-18775   [000] .....  3472.836463: sys_enter: NR 3 (3, d20, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840543: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840547: sys_enter: NR 257 (ffffff9c, 559dc568a530, 80000, 0, 7, 559dc568a2a0)
            sync-18777   [000] .....  3472.840549: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840550: sys_enter: NR 257 (ffffff9c, 559dc568a620, 80000, 0, 7, 559dc568a2a0)
            sync-18777   [000] .....  3472.840552: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840557: sys_enter: NR 3 (3, 102, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840558: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840560: sys_enter: NR 257 (ffffff9c, 7f461b385970, 0, 0, 7ffd09239720, 7f461b3683c0)
            sync-18777   [000] .....  3472.840563: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840567: sys_enter: NR 3 (3, 6994, 1, 1, 3, 0)
            sync-18777   [000] .....  3472.840567: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840572: sys_enter: NR 257 (ffffff9c, 559dc568a6a0, 80000, 0, 7, 559dc568a7b0)
            sync-18777   [000] .....  3472.840574: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840574: sys_enter: NR 257 (ffffff9c, 559dc568a910, 80000, 0, 7, 559dc568a7b0)
            sync-18777   [000] .....  3472.840576: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840579: sys_enter: NR 3 (3, 17, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840580: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840583: sys_enter: NR 257 (ffffff9c, 559dc568a980, 80000, 0, 7, 559dc568aa20)
            sync-18777   [000] .....  3472.840584: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840584: sys_enter: NR 257 (ffffff9c, 559dc568ab80, 80000, 0, 7, 559dc568aa20)
            sync-18777   [000] .....  3472.840586: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840590: sys_enter: NR 3 (3, 2f, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840590: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840593: sys_enter: NR 257 (ffffff9c, 559dc568ad20, 80000, 0, 7, 559dc568acb0)
            sync-18777   [000] .....  3472.840594: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840595: sys_enter: NR 257 (ffffff9c, 559dc568ae00, 80000, 0, 7, 559dc568acb0)
            sync-18777   [000] .....  3472.840596: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840600: sys_enter: NR 3 (3, 7f, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840600: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840603: sys_enter: NR 257 (ffffff9c, 559dc568afe0, 80000, 0, 7, 559dc568af70)
            sync-18777   [000] .....  3472.840604: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840605: sys_enter: NR 257 (ffffff9c, 559dc568b0c0, 80000, 0, 7, 559dc568af70)
            sync-18777   [000] .....  3472.840607: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840610: sys_enter: NR 3 (3, 3e, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840611: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840613: sys_enter: NR 257 (ffffff9c, 559dc568b270, 80000, 0, 7, 559dc568b200)
            sync-18777   [000] .....  3472.840615: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840615: sys_enter: NR 257 (ffffff9c, 559dc568b350, 80000, 0, 7, 559dc568b200)
            sync-18777   [000] .....  3472.840617: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840620: sys_enter: NR 3 (3, 22, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840620: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840623: sys_enter: NR 257 (ffffff9c, 559dc568b3c0, 80000, 0, 7, 559dc568b470)
            sync-18777   [000] .....  3472.840625: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840625: sys_enter: NR 257 (ffffff9c, 559dc568c450, 80000, 0, 7, 559dc568b470)
            sync-18777   [000] .....  3472.840627: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840628: sys_enter: NR 3 (3, 7f461b380dd5, 7ffd09239660, 1000, 7, 559dc568b470)
            sync-18777   [000] .....  3472.840629: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840630: sys_enter: NR 257 (ffffff9c, 7ffd09239610, 80000, 0, 53454741535345, 559dc568b470)
            sync-18777   [000] .....  3472.840632: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840635: sys_enter: NR 3 (3, 30, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840635: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840638: sys_enter: NR 257 (ffffff9c, 559dc568c4c0, 80000, 0, 7, 559dc568c560)
            sync-18777   [000] .....  3472.840639: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840640: sys_enter: NR 257 (ffffff9c, 559dc568c6c0, 80000, 0, 7, 559dc568c560)
            sync-18777   [000] .....  3472.840642: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840647: sys_enter: NR 3 (3, 10e, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840647: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840650: sys_enter: NR 257 (ffffff9c, 559dc568c9a0, 80000, 0, 7, 559dc568c930)
            sync-18777   [000] .....  3472.840651: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840652: sys_enter: NR 257 (ffffff9c, 559dc568ca80, 80000, 0, 7, 559dc568c930)
            sync-18777   [000] .....  3472.840654: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840657: sys_enter: NR 3 (3, 57e, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840657: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840660: sys_enter: NR 257 (ffffff9c, 559dc568cc90, 80000, 0, 7, 559dc568cc20)
            sync-18777   [000] .....  3472.840662: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840662: sys_enter: NR 257 (ffffff9c, 559dc568cd70, 80000, 0, 7, 559dc568cc20)
            sync-18777   [000] .....  3472.840664: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840667: sys_enter: NR 3 (3, d20, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840667: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840672: sys_enter: NR 257 (ffffff9c, 559dc568d3e0, 80000, 0, 7, 559dc568d370)
            sync-18777   [000] .....  3472.840673: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840673: sys_enter: NR 257 (ffffff9c, 559dc568d4c0, 80000, 0, 7, 559dc568d370)
            sync-18777   [000] .....  3472.840675: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840680: sys_enter: NR 3 (3, 32, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840680: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840683: sys_enter: NR 257 (ffffff9c, 559dc568d660, 80000, 0, 7, 559dc568d5f0)
            sync-18777   [000] .....  3472.840685: sys_exit: NR 257 = -2
            sync-18777   [000] .....  3472.840685: sys_enter: NR 257 (ffffff9c, 559dc568d740, 80000, 0, 7, 559dc568d5f0)
            sync-18777   [000] .....  3472.840687: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840690: sys_enter: NR 3 (3, 56550, 1, 2, 3, 0)
            sync-18777   [000] .....  3472.840691: sys_exit: NR 3 = 0
            sync-18777   [000] .....  3472.840705: sys_enter: NR 257 (ffffff9c, 7ffd0923ba02, 800, 0, 0, 0)
            sync-18777   [000] .....  3472.840706: sys_exit: NR 257 = 3
            sync-18777   [000] .....  3472.840759: block_rq_issue: 254,0 WS 4096 () 68883176 + 8 rt,0,4 [sync]
              rm-18778   [000] .....  3472.846660: sys_enter: NR 257 (ffffff9c, 562e961de450, 80000, 0, 7, 562e961dd470)
              rm-18778   [000] .....  3472.846663: sys_exit: NR 257 = 3
              rm-18778   [000] .....  3472.846664: sys_enter: NR 3 (3, 7f4ae18a8dd5, 7ffefe139c50, 1000, 7, 562e961dd470)
              rm-18778   [000] .....  3472.846666: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.846666: sys_enter: NR 257 (ffffff9c, 7ffefe139c00, 80000, 0, 53454741535345, 562e961dd470)
              rm-18778   [000] .....  3472.846669: sys_exit: NR 257 = 3
              rm-18778   [000] .....  3472.846673: sys_enter: NR 3 (3, 30, 1, 2, 3, 0)
              rm-18778   [000] .....  3472.846673: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.846676: sys_enter: NR 257 (ffffff9c, 562e961de4c0, 80000, 0, 7, 562e961de560)
              rm-18778   [000] .....  3472.846677: sys_exit: NR 257 = -2
              rm-18778   [000] .....  3472.846677: sys_enter: NR 257 (ffffff9c, 562e961de6c0, 80000, 0, 7, 562e961de560)
              rm-18778   [000] .....  3472.846679: sys_exit: NR 257 = 3
              rm-18778   [000] .....  3472.846684: sys_enter: NR 3 (3, 10e, 1, 2, 3, 0)
              rm-18778   [000] .....  3472.846685: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.846688: sys_enter: NR 257 (ffffff9c, 562e961de9a0, 80000, 0, 7, 562e961de930)
              rm-18778   [000] .....  3472.846689: sys_exit: NR 257 = -2
              rm-18778   [000] .....  3472.846690: sys_enter: NR 257 (ffffff9c, 562e961dea80, 80000, 0, 7, 562e961de930)
              rm-18778   [000] .....  3472.846692: sys_exit: NR 257 = 3
              rm-18778   [000] .....  3472.846696: sys_enter: NR 3 (3, 57e, 1, 2, 3, 0)
              rm-18778   [000] .....  3472.846696: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.846699: sys_enter: NR 257 (ffffff9c, 562e961dec90, 80000, 0, 7, 562e961dec20)
              rm-18778   [000] .....  3472.846701: sys_exit: NR 257 = -2
              rm-18778   [000] .....  3472.846701: sys_enter: NR 257 (ffffff9c, 562e961ded70, 80000, 0, 7, 562e961dec20)
              rm-18778   [000] .....  3472.846703: sys_exit: NR 257 = 3
              rm-18778   [000] .....  3472.846707: sys_enter: NR 3 (3, d20, 1, 2, 3, 0)
              rm-18778   [000] .....  3472.846708: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.846713: sys_enter: NR 257 (ffffff9c, 562e961df3e0, 80000, 0, 7, 562e961df370)
              rm-18778   [000] .....  3472.846714: sys_exit: NR 257 = -2
              rm-18778   [000] .....  3472.846715: sys_enter: NR 257 (ffffff9c, 562e961df4c0, 80000, 0, 7, 562e961df370)
              rm-18778   [000] .....  3472.846717: sys_exit: NR 257 = 3
              rm-18778   [000] .....  3472.846721: sys_enter: NR 3 (3, 32, 1, 2, 3, 0)
              rm-18778   [000] .....  3472.846722: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.846724: sys_enter: NR 257 (ffffff9c, 562e961df660, 80000, 0, 7, 562e961df5f0)
              rm-18778   [000] .....  3472.846726: sys_exit: NR 257 = -2
              rm-18778   [000] .....  3472.846726: sys_enter: NR 257 (ffffff9c, 562e961df740, 80000, 0, 7, 562e961df5f0)
              rm-18778   [000] .....  3472.846728: sys_exit: NR 257 = 3
              rm-18778   [000] .....  3472.846732: sys_enter: NR 3 (3, 56550, 1, 2, 3, 0)
              rm-18778   [000] .....  3472.846732: sys_exit: NR 3 = 0
              rm-18778   [000] d..3.  3472.846824: sched_waking: comm=kworker/0:1H pid=58 prio=100 target_cpu=000
              rm-18778   [000] d..2.  3472.846831: sched_switch: prev_comm=rm prev_pid=18778 prev_prio=89 prev_state=D ==> next_comm=kworker/0:1H next_pid=58 next_prio=100
            bash-18773   [000] d..2.  3472.847000: sched_switch: prev_comm=bash prev_pid=18773 prev_prio=120 prev_state=R ==> next_comm=rm next_pid=18778 next_prio=89
              rm-18778   [000] .....  3472.847037: sys_enter: NR 3 (0, fbad2008, 7f4ae18e19e0, 7f4ae1728c58, 0, 562e961dfb60)
              rm-18778   [000] .....  3472.847037: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.847038: sys_enter: NR 3 (1, fbad2004, 7f4ae18e19e0, 7f4ae1728c58, 0, 562e961dfb60)
              rm-18778   [000] .....  3472.847038: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.847039: sys_enter: NR 3 (2, fbad2006, 7f4ae18e19e0, 7f4ae1728c58, 0, 562e961dfb60)
              rm-18778   [000] .....  3472.847039: sys_exit: NR 3 = 0
              rm-18778   [000] .....  3472.847048: sched_process_exit: comm=rm pid=18778 prio=89 group_dead=true
              rm-18778   [000] dN.5.  3472.847143: sched_waking: comm=bash pid=18775 prio=89 target_cpu=000
              rm-18778   [000] d..2.  3472.847148: sched_switch: prev_comm=rm prev_pid=18778 prev_prio=89 prev_state=Z ==> next_comm=bash next_pid=18775 next_prio=89
            bash-18775   [000] .....  3472.847251: task_newtask: pid=18779 comm=bash clone_flags=1200000 oom_score_adj=0
            bash-18775   [000] .....  3472.847253: sched_process_fork: comm=bash pid=18775 child_comm=bash child_pid=18779
            bash-18775   [000] d..2.  3472.847299: sched_switch: prev_comm=bash prev_pid=18775 prev_prio=89 prev_state=S ==> next_comm=bash next_pid=18779 next_prio=89
            true-18779   [000] .....  3472.847500: sched_process_exec: filename=/bin/true pid=18779 old_pid=18779
            true-18779   [000] .....  3472.847732: sys_enter: NR 257 (ffffff9c, 7f069aa300b1, 80000, 0, 0, 56014c967ada)
            true-18779   [000] .....  3472.847735: sys_exit: NR 257 = 3
            true-18779   [000] .....  3472.847739: sys_enter: NR 3 (3, a19f, 1, 2, 3, 0)
            true-18779   [000] .....  3472.847740: sys_exit: NR 3 = 0
            true-18779   [000] .....  3472.847745: sys_enter: NR 257 (ffffff9c, 7f069a9fd1e0, 80000, 0, 7ffdb3bb7ce7, 0)
            true-18779   [000] .....  3472.847748: sys_exit: NR 257 = 3
            true-18779   [000] .....  3472.847783: sys_enter: NR 3 (3, 7f069a810368, 0, ffff80f9657efcbc, c0008002, 20)
            true-18779   [000] .....  3472.847783: sys_exit: NR 3 = 0
            true-18779   [000] .....  3472.847912: sched_process_exit: comm=true pid=18779 prio=89 group_dead=true
            true-18779   [000] dN.5.  3472.847962: sched_waking: comm=bash pid=18775 prio=89 target_cpu=000
            true-18779   [000] d..2.  3472.847967: sched_switch: prev_comm=true prev_pid=18779 prev_prio=89 prev_state=Z ==> next_comm=bash next_pid=18775 next_prio=89
            bash-18775   [000] d.h1.  3472.848026: hrtimer_start: hrtimer=000000008cbb39df function=tick_nohz_handler expires=3472852000000 softexpires=3472852000000 mode=ABS was_armed=0
            bash-18775   [000] ..s..  3472.848033: softirq_entry: vec=9 [action=RCU]
            bash-18775   [000] .....  3472.848085: sys_enter: NR 3 (3, 1, ffffffff, ca7bfecf311b2945, 0, 564cbf510540)
            bash-18775   [000] .....  3472.848085: sys_exit: NR 3 = 0
            bash-18775   [000] b....  3472.848107: net_dev_xmit: dev=lo skbaddr=00000000484923ba len=45 rc=0
            bash-18775   [000] ..s1.  3472.848108: softirq_entry: vec=3 [action=NET_RX]
            bash-18775   [000] ..s1.  3472.848111: netif_receive_skb: dev=lo skbaddr=00000000484923ba len=31
            bash-18775   [000] b.s2.  3472.848122: net_dev_xmit: dev=lo skbaddr=00000000481e117b len=73 rc=0
            bash-18775   [000] ..s1.  3472.848124: kfree_skb: skbaddr=00000000484923ba rx_sk=0000000000000000 protocol=2048 location=__udp4_lib_rcv+0x4bc/0xd00 reason: NO_SOCKET
            bash-18775   [000] ..s1.  3472.848126: netif_receive_skb: dev=lo skbaddr=00000000481e117b len=59
            bash-18775   [000] .....  3472.848140: sys_enter: NR 3 (a, 1, ffffffff, 0, 7, 0)
            bash-18775   [000] .....  3472.848141: sys_exit: NR 3 = 0
            bash-18775   [000] .....  3472.848168: sched_process_exit: comm=bash pid=18775 prio=89 group_dead=true
            bash-18775   [000] dN.4.  3472.848306: sched_waking: comm=sh pid=18774 prio=120 target_cpu=001
            bash-18775   [000] d..2.  3472.848328: sched_switch: prev_comm=bash prev_pid=18775 prev_prio=89 prev_state=Z ==> next_comm=bash next_pid=18773 next_prio=120`;

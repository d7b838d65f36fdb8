/**
 * Recorded on Linux 6.1: the first pages of a CPU of an ftrace instance, the format files, and the kernel's own text for the
 * same records (raw_syscalls filtered to openat and close). Pages are cut behind their data.
 */
export const KERNEL: string = '6.1';

export const HEADER_PAGE: string = `	field: u64 timestamp;	offset:0;	size:8;	signed:0;
	field: local_t commit;	offset:8;	size:8;	signed:1;
	field: int overwrite;	offset:8;	size:1;	signed:1;
	field: char data;	offset:16;	size:4080;	signed:1;
`;

export const FORMATS: Readonly<Record<string, string>> = {
  'sched/sched_switch': `name: sched_switch
ID: 319
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char prev_comm[16];	offset:8;	size:16;	signed:1;
	field:pid_t prev_pid;	offset:24;	size:4;	signed:1;
	field:int prev_prio;	offset:28;	size:4;	signed:1;
	field:long prev_state;	offset:32;	size:8;	signed:1;
	field:char next_comm[16];	offset:40;	size:16;	signed:1;
	field:pid_t next_pid;	offset:56;	size:4;	signed:1;
	field:int next_prio;	offset:60;	size:4;	signed:1;

print fmt: ""
`,
  'sched/sched_waking': `name: sched_waking
ID: 322
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char comm[16];	offset:8;	size:16;	signed:1;
	field:pid_t pid;	offset:24;	size:4;	signed:1;
	field:int prio;	offset:28;	size:4;	signed:1;
	field:int target_cpu;	offset:32;	size:4;	signed:1;

print fmt: ""
`,
  'sched/sched_process_fork': `name: sched_process_fork
ID: 313
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char parent_comm[16];	offset:8;	size:16;	signed:1;
	field:pid_t parent_pid;	offset:24;	size:4;	signed:1;
	field:char child_comm[16];	offset:28;	size:16;	signed:1;
	field:pid_t child_pid;	offset:44;	size:4;	signed:1;

print fmt: ""
`,
  'sched/sched_process_exec': `name: sched_process_exec
ID: 312
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:__data_loc char[] filename;	offset:8;	size:4;	signed:1;
	field:pid_t pid;	offset:12;	size:4;	signed:1;
	field:pid_t old_pid;	offset:16;	size:4;	signed:1;

print fmt: ""
`,
  'sched/sched_process_exit': `name: sched_process_exit
ID: 316
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char comm[16];	offset:8;	size:16;	signed:1;
	field:pid_t pid;	offset:24;	size:4;	signed:1;
	field:int prio;	offset:28;	size:4;	signed:1;

print fmt: ""
`,
  'task/task_newtask': `name: task_newtask
ID: 132
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:pid_t pid;	offset:8;	size:4;	signed:1;
	field:char comm[16];	offset:12;	size:16;	signed:1;
	field:unsigned long clone_flags;	offset:32;	size:8;	signed:0;
	field:short oom_score_adj;	offset:40;	size:2;	signed:1;

print fmt: ""
`,
  'irq/softirq_entry': `name: softirq_entry
ID: 150
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:unsigned int vec;	offset:8;	size:4;	signed:0;

print fmt: ""
`,
  'irq/irq_handler_entry': `name: irq_handler_entry
ID: 152
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:int irq;	offset:8;	size:4;	signed:1;
	field:__data_loc char[] name;	offset:12;	size:4;	signed:1;

print fmt: ""
`,
  'block/block_rq_issue': `name: block_rq_issue
ID: 1061
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:dev_t dev;	offset:8;	size:4;	signed:0;
	field:sector_t sector;	offset:16;	size:8;	signed:0;
	field:unsigned int nr_sector;	offset:24;	size:4;	signed:0;
	field:unsigned int bytes;	offset:28;	size:4;	signed:0;
	field:char rwbs[8];	offset:32;	size:8;	signed:1;
	field:char comm[16];	offset:40;	size:16;	signed:1;
	field:__data_loc char[] cmd;	offset:56;	size:4;	signed:1;

print fmt: ""
`,
  'block/block_rq_complete': `name: block_rq_complete
ID: 1064
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:dev_t dev;	offset:8;	size:4;	signed:0;
	field:sector_t sector;	offset:16;	size:8;	signed:0;
	field:unsigned int nr_sector;	offset:24;	size:4;	signed:0;
	field:int error;	offset:28;	size:4;	signed:1;
	field:char rwbs[8];	offset:32;	size:8;	signed:1;
	field:__data_loc char[] cmd;	offset:40;	size:4;	signed:1;

print fmt: ""
`,
  'raw_syscalls/sys_enter': `name: sys_enter
ID: 351
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
ID: 350
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
ID: 379
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
ID: 1315
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * skbaddr;	offset:8;	size:8;	signed:0;
	field:unsigned int len;	offset:16;	size:4;	signed:0;
	field:int rc;	offset:20;	size:4;	signed:1;
	field:__data_loc char[] name;	offset:24;	size:4;	signed:1;

print fmt: ""
`,
  'net/netif_receive_skb': `name: netif_receive_skb
ID: 1312
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * skbaddr;	offset:8;	size:8;	signed:0;
	field:unsigned int len;	offset:16;	size:4;	signed:0;
	field:__data_loc char[] name;	offset:20;	size:4;	signed:1;

print fmt: ""
`,
  'skb/kfree_skb': `name: kfree_skb
ID: 1319
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:void * skbaddr;	offset:8;	size:8;	signed:0;
	field:void * location;	offset:16;	size:8;	signed:0;
	field:unsigned short protocol;	offset:24;	size:2;	signed:0;
	field:enum skb_drop_reason reason;	offset:28;	size:4;	signed:0;

print fmt: "skbaddr=%p protocol=%u location=%p reason: %s", REC->skbaddr, REC->protocol, REC->location, __print_symbolic(REC->reason, { 1, "NOT_SPECIFIED" }, { 2, "NO_SOCKET" }, { 3, "PKT_TOO_SMALL" }, { 4, "TCP_CSUM" }, { 5, "SOCKET_FILTER" }, { 6, "UDP_CSUM" }, { 7, "NETFILTER_DROP" }, { 8, "OTHERHOST" }, { 9, "IP_CSUM" }, { 10, "IP_INHDR" }, { 11, "IP_RPFILTER" }, { 12, "UNICAST_IN_L2_MULTICAST" }, { 13, "XFRM_POLICY" }, { 14, "IP_NOPROTO" }, { 15, "SOCKET_RCVBUFF" }, { 16, "PROTO_MEM" }, { 17, "TCP_MD5NOTFOUND" }, { 18, "TCP_MD5UNEXPECTED" }, { 19, "TCP_MD5FAILURE" })
`,
};

export const SYSCALL_FORMATS: Readonly<Record<string, string>> = {
  openat: `name: sys_enter_openat
ID: 659
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
ID: 653
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
  `+L9ngQMAAADMDwAAAAAAAAYAAABeAQAAngAAAAEBAAAAAAAAAwAAAAAAAABMPH0BewEJAZ4AAADANaJ9AAAR/zCIFoH/////AF2lgQMAAAAAXa
WBAwAAAAAAAAAAAAAAA5oIAJYAEACeAAAACQAAAInwDgBCAREDngAAAHJjdV9wcmVlbXB0AAAAAAAPAAAAeAAAAAEAAACQpMoAXwEAAJ4AAAAD
AAAAAAAAAAMAAAAAAAAAzywAAAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAIbpBwBeAQAAngAAAAMAAAAAAAAAAAAAAAAAAA
DwvfgAXwEAAJ4AAAABAQAAAAAAAJz///8AAAAAQAGHlS5/AAAAAAgAAAAAAAAAAAAAAAAAp52B8/9/AAAAAAAAAAAAAEaOVABeAQAAngAAAAEB
AAAAAAAAAwAAAAAAAACQXmMDXwEAAJ4AAAADAAAAAAAAAAMAAAAAAAAAaLNolS5/AAAAAAAAAAAAALxMl2rRgP//AoAAwAAAAAAgAAAAAAAAAG
bBBQBeAQAAngAAAAMAAAAAAAAAAAAAAAAAAABsrn45ewEJAZ4AAADANaJ9AAAR/zCIFoH/////AKWNgwMAAAAApY2DAwAAAAAAAAAAAAAAg/cV
AJYAEACeAAAABwAAAANCIQCWABAAngAAAAkAAAAjRSAAlgAQAJ4AAAAJAAAAjMaYBnsBCQGeAAAAwDWifQAAEf8wiBaB/////wCuyoMDAAAAAK
7KgwMAAAAAAAAAAAAAAOPvDQCWABAAngAAAAkAAADJ8QwAQgERA54AAAByY3VfcHJlZW1wdAAAAAAADwAAAHgAAAABAAAAzAoFIXsBCQGeAAAA
wDWifQAAEf8wiBaB/////wDSvoQDAAAAANK+hAMAAAAAAAAAAAAAAMymggN7AQkBngAAAMA1on0AABH/MIgWgf////8A2/uEAwAAAADb+4QDAA
AAAAAAAAAAAABjzQoAlgAQAJ4AAAAJAAAAzPXnEHsBCQGeAAAAwDWifQAAEf8wiBaB/////wDtdYUDAAAAAO11hQMAAAAAAAAAAAAAAOMDFACW
ABAAngAAAAkAAACJGg4AQgERA54AAAByY3VfcHJlZW1wdAAAAAAADwAAAHgAAAABAAAALIYVBnsBCQGeAAAAwDWifQAAEf8wiBaB/////wD2so
UDAAAAAPayhQMAAAAAAAAAAAAAAMOBEQCWABAAngAAAAkAAADMqFYMewEJAZ4AAADANaJ9AAAR/zCIFoH/////AP/vhQMAAAAA/++FAwAAAAAA
AAAAAAAAY0IOAJYAEACeAAAACQAAAIn1CgBCAREDngAAAHJjdV9wcmVlbXB0AAAAAAAPAAAAeAAAAAEAAADMp5QZewEZAp4AAADANaJ9AAAR/z
CIFoH/////ACPkhgMAAAAAI+SGAwAAAAAAAAAAAAAACK7OAjwBAACeAAAAdHJ1ZQAAAAAAAAAAAAAAAJ4AAAB4AAAASWulAEIBJQSeAAAAc2gA
AAAAAAAAAAAAAAAAAJ0AAAB4AAAAAAAAADC5QwA/AQECngAAAHRydWUAAAAAAAAAAAAAAACeAAAAeAAAACAAAAAAAAAAc2gAAAAAAAAAAAAAAA
AAAJ0AAAB4AAAAkLy3AV8BAACdAAAAAQEAAAAAAACc////AAAAAPA3wy10VQAAQQIAAAAAAAC2AQAAAAAAAHBsZvWxfwAAAQAAAAAAAABG5tEA
XgEAAJ0AAAABAQAAAAAAAAMAAAAAAAAAcOFRAF8BAACdAAAAAwAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHBsZvWxfw
AAAQAAAAAAAADGiQYAXgEAAJ0AAAADAAAAAAAAAAAAAAAAAAAAsEweAF8BAACdAAAAAwAAAAAAAAADAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAHBsZvWxfwAAAQAAAAAAAABGEgEAXgEAAJ0AAAADAAAAAAAAAAAAAAAAAAAALKf2CXsBCQGdAAAAwDWifQAAEf8wiBaB/////wA1Xo
cDAAAAADVehwMAAAAAAAAAAAAAAGNEFQCWABAAnQAAAAcAAACDoiMAlgAQAJ0AAAAJAAAAsKeiAV8BAACdAAAAAwAAAAAAAAAKAAAAAAAAAAEA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIAAAAAAAAAHTjDLXRVAAAG5wUAXgEAAJ0AAAADAAAAAAAAAAAAAAAAAAAArBtYAoQAAACdAAAAnwAAAH
NoAAAAAAAAAAAAAAAAAAAAAAAAAEEAAAAAAAAAAAAAAAAAAMxDCgA5AQAAnQAAAHNoAAAAAAAAAAAAAAAAAACdAAAAc2gAAAAAAAAAAAAAAAAA
AJ8AAACQKkEAPwEBAp0AAABzaAAAAAAAAAAAAAAAAAAAnQAAAHgAAAACAAAAAAAAAHNoAAAAAAAAAAAAAAAAAACfAAAAeAAAAOznRgF7AQkBnw
AAAMA1on0AABH/MIgWgf////8APpuHAwAAAAA+m4cDAAAAAAAAAAAAAABjlhAAlgAQAJ8AAAABAAAAY4cYAJYAEACfAAAACQAAAInVCwBCARED
nwAAAHJjdV9wcmVlbXB0AAAAAAAPAAAAeAAAAAEAAABRoasIJQQAAJ8AAAAAAOAPAAAAAKjsAQAAAAAAIAAAAABAAABSQQAAAAAAAHNoAAAAAA
AAAAAAAAAAAAA8AAEAAAAAAAAAAADsHYAAewEJAZ8AAADANaJ9AAAR/zCIFoH/////AEfYhwMAAAAAR9iHAwAAAAAAAAAAAAAAsKREAD8BAQKf
AAAAc2gAAAAAAAAAAAAAAAAAAJ8AAAB4AAAAAgAAAAAAAABzd2FwcGVyLzAAAAAAAAAAAAAAAHgAAACodnQAmAAJAQAAAAAZAAAAEAAOAHZpcn
RpbzAtcmVxLjAAAACNzRAAKAQJAgAAAAAAAOAPAAAAAKjsAQAAAAAAIAAAAAAAAABSQQAAAAAAACwAAQAAAAAAAAAAAInGDQBCAQkFAAAAAHNo
AAAAAAAAAAAAAAAAAACfAAAAeAAAAAAAAABQOEMAPwEBAgAAAABzd2FwcGVyLzAAAAAAAAAAAAAAAHgAAAAAAAAAAAAAAHNoAAAAAAAAAAAAAA
AAAACfAAAAeAAAAEn2PQFCAQEEnwAAAHNoAAAAAAAAAAAAAAAAAACdAAAAeAAAAAAAAAAQkhUAPwEBAp8AAABzaAAAAAAAAAAAAAAAAAAAnwAA
AHgAAAAAAQAAAAAAAHNoAAAAAAAAAAAAAAAAAACdAAAAeAAAANADPwA/AQECnQAAAHNoAAAAAAAAAAAAAAAAAACdAAAAeAAAAAEAAAAAAAAAc2
gAAAAAAAAAAAAAAAAAAJ8AAAB4AAAAzDqFAnsBCQGfAAAAwDWifQAAEf8wiBaB/////wBQFYgDAAAAAFAViAMAAAAAAAAAAAAAAENDIwCWABAA
nwAAAAcAAAAx8RMAJQQAAJ8AAAAAAOAPAAAAAMjsAQAAAAAAMAAAAABgAABSQQAAAAAAAHN5bmMAAAAAAAAAAAAAAAA8AAEAAAAAAAAAAADovH
wAmAAJAJ8AAAAZAAAAEAAOAHZpcnRpbzAtcmVxLjAAAACtEQwAKAQJAZ8AAAAAAOAPAAAAAMjsAQAAAAAAMAAAAAAAAABSQQAAAAAAACwAAQAA
AAAAAAAAAEkoPAE4AQAAnwAAABQADgCfAAAAnwAAAC91c3IvYmluL3N5bmMAAAAMIpUGewEJAZ8AAADANaJ9AAAR/zCIFoH/////AFlSiAMAAA
AAWVKIAwAAAAAAAAAAAAAAo4ETAJYAEACfAAAACQAAAIxFpgd7AQkBnwAAAMA1on0AABH/MIgWgf////8AYo+IAwAAAABij4gDAAAAAAAAAAAA
AACjahYAlgAQAJ8AAAAJAAAAKakSAEIBEQOfAAAAcmN1X3ByZWVtcHQAAAAAAA8AAAB4AAAAAQAAAKxiXgh7AQkBnwAAAMA1on0AABH/MIgWgf
////8Aa8yIAwAAAABrzIgDAAAAAAAAAAAAAACw+McBXwEAAJ8AAAABAQAAAAAAAJz///8AAAAAsaB5YxZ/AAAAAAgAAAAAAAAAAAAAAAAAAAAA
AAAAAADvWxuF41UAAAbgigBeAQAAnwAAAAEBAAAAAAAAAwAAAAAAAADQX9gAXwEAAJ8AAAADAAAAAAAAAAMAAAAAAAAAzywAAAAAAAABAAAAAA
AAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAKZ3BwBeAQAAnwAAAAMAAAAAAAAAAAAAAAAAAABwA4gBXwEAAJ8AAAABAQAAAAAAAJz///8AAAAA
QPF2YxZ/AAAAAAgAAAAAAAAAAAAAAAAAJ6zWXv5/AAAAAAAAAAAAAIa/RwBeAQAAnwAAAAEBAAAAAAAAAwAAAAAAAAAsS9gCewEJAZ8AAADANa
J9AAAR/zCIFoH/////AHQJiQMAAAAAdAmJAwAAAAAAAAAAAAAAA+QUAJYAEACfAAAACQAAAJDs4gNfAQAAnwAAAAMAAAAAAAAAAwAAAAAAAABo
o1hjFn8AAAAAAAAAAAAAvFynnOmA//8CgADAAAAAACAAAAAAAAAAhtAJAF4BAACfAAAAAwAAAAAAAAAAAAAAAAAAAKwASQJ7AQkBnwAAAMA1on
0AABH/MIgWgf////8AfUaJAwAAAAB9RokDAAAAAAAAAAAAAAAD0BIAlgAQAJ8AAAAJAAAAiTENAEIBEQOfAAAAcmN1X3ByZWVtcHQAAAAAAA8A
AAB4AAAAAQAAAGw5FQx7AQkBnwAAAMA1on0AABH/MIgWgf////8AhoOJAwAAAACGg4kDAAAAAAAAAAAAAAADBxUAlgAQAJ8AAAAJAAAAY/QgAJ
YAEACfAAAACQAAAGzWYgJ7AQkBnwAAAMA1on0AABH/MIgWgf////8Aj8CJAwAAAACPwIkDAAAAAAAAAAAAAACj2hkAlgAQAJ8AAAAJAAAAacIk
AEIBEQOfAAAAcmN1X3ByZWVtcHQAAAAAAA8AAAB4AAAAAQAAAIxqJwd7ARkCnwAAAMA1on0AABH/MIgWgf////8AmP2JAwAAAACY/YkDAAAAAA
AAAAAAAACMKLAIewEJAZ8AAADANaJ9AAAR/zCIFoH/////AKE6igMAAAAAoTqKAwAAAAAAAAAAAAAAwyAUAJYAEACfAAAACQAAACwFJQd7AQkB
nwAAAMA1on0AABH/MIgWgf////8AqneKAwAAAACqd4oDAAAAAAAAAAAAAADjIRIAlgAQAJ8AAAAJAAAAqYMMAEIBEQOfAAAAcmN1X3ByZWVtcH
QAAAAAAA8AAAB4AAAAAQAAAA==`,
  `XQSZmwMAAADMDwAAAAAAAAwAAAB7AQkBogAAAMA1on0AABH/MIgWgf////8AMqKbAwAAAAAyopsDAAAAAAAAAAAAAAAjqxMAlgAQAKIAAAAJAA
AArGl6AnsBCQGiAAAAwDWifQAAEf8wiBaB/////wA735sDAAAAADvfmwMAAAAAAAAAAAAAAINcQwCWABAAogAAAAkAAADp/g0AQgERA6IAAABy
Y3VfcHJlZW1wdAAAAAAADwAAAHgAAAABAAAALBwED3sBGQKiAAAAwDWifQAAEf8wiBaB/////wBNWZwDAAAAAE1ZnAMAAAAAAAAAAAAAAKwRqg
l7AQkBogAAAMA1on0AABH/MIgWgf////8AVpacAwAAAABWlpwDAAAAAAAAAAAAAADD6SsAlgAQAKIAAAAJAAAA0OhUA18BAACiAAAAAQEAAAAA
AACc////AAAAAMJT6Yp8VQAAAggAAAAAAAAAAAAAAAAAAAAAAAAAAAAA0CbNWZx/AACsxYECewEJAaIAAADANaJ9AAAR/zCIFoH/////AF/TnA
MAAAAAX9OcAwAAAAAAAAAAAAAAQ24KAJYAEACiAAAACQAAAEniIQBCAREDogAAAHJjdV9wcmVlbXB0AAAAAAAPAAAAeAAAAAEAAABMhAQGewEZ
AqIAAADANaJ9AAAR/zCIFoH/////AGgQnQMAAAAAaBCdAwAAAAAAAAAAAAAApmsZA14BAACiAAAAAQEAAAAAAAD6/////////4yZLQV7AQkBog
AAAMA1on0AABH/MIgWgf////8AcU2dAwAAAABxTZ0DAAAAAAAAAAAAAADjwhkAlgAQAKIAAAAHAAAAQ+clAJYAEACiAAAACQAAAIxG6hZ7AQkB
ogAAAMA1on0AABH/MIgWgf////8AjASeAwAAAACMBJ4DAAAAAAAAAAAAAACjdBYAlgAQAKIAAAAJAAAAiQESAEIBEQOiAAAAcmN1X3ByZWVtcH
QAAAAAAA8AAAB4AAAAAQAAAAxejhB7ARkCogAAAMA1on0AABH/MIgWgf////8Ann6eAwAAAACefp4DAAAAAAAAAAAAAAAM5qMIewEJAaIAAADA
NaJ9AAAR/zCIFoH/////AKe7ngMAAAAAp7ueAwAAAAAAAAAAAAAADGHSBHsBCQGiAAAAwDWifQAAEf8wiBaB/////wCw+J4DAAAAALD4ngMAAA
AAAAAAAAAAAAyeMCJ7AQkBogAAAMA1on0AABH/MIgWgf////8A1OyfAwAAAADU7J8DAAAAAAAAAAAAAACMYQcHewEJAaIAAADANaJ9AAAR/zCI
FoH/////AN0poAMAAAAA3SmgAwAAAAAAAAAAAAAArH3eBXsBCQGiAAAAwDWifQAAEf8wiBaB/////wDmZqADAAAAAOZmoAMAAAAAAAAAAAAAAO
wQfAZ7AQkBogAAAMA1on0AABH/MIgWgf////8A76OgAwAAAADvo6ADAAAAAAAAAAAAAACs7hkRewEJAqIAAADANaJ9AAAR/zCIFoH/////AAEe
oQMAAAAAAR6hAwAAAAAAAAAAAAAAI3oTAJYAEAGiAAAAAQAAAKM7EwCWABABogAAAAcAAADjXh8AlgAQAaIAAAAJAAAAbCmSCHsBCQGiAAAAwD
WifQAAEf8wiBaB/////wAKW6EDAAAAAApboQMAAAAAAAAAAAAAAMNpPACWABAAogAAAAkAAABJQRIAQgERA6IAAAByY3VfcHJlZW1wdAAAAAAA
DwAAAHgAAAABAAAAjOaWCHsBCQKiAAAAwDWifQAAEf8wiBaB/////wATmKEDAAAAABOYoQMAAAAAAAAAAAAAAGkULACYAAkBogAAACIAAAAQAB
EAdmlydGlvMy1yZXF1ZXN0cwAAAACws9wAPwEBAqIAAABiYXNoAAAAAAAAAAAAAAAAogAAAHgAAAACAAAAAAAAAHN3YXBwZXIvMAAAAAAAAAAA
AAAAeAAAAMxZnTJ7AQkCAAAAAMA1on0AABH/MIgWgf////8AUkOjAwAAAABSQ6MDAAAAAAAAAAAAAACpmWoAmAAZAQAAAAAiAAAAEAARAHZpcn
RpbzMtcmVxdWVzdHMAAAAA6UsRAEIBGQUAAAAAYmFzaAAAAAAAAAAAAAAAAKIAAAB4AAAAAAAAAAMWdgGWADQBAAAAAAcAAABwfiIBPwEBAgAA
AABzd2FwcGVyLzAAAAAAAAAAAAAAAHgAAAAAAAAAAAAAAGJhc2gAAAAAAAAAAAAAAACiAAAAeAAAAOxURwF7AQkBogAAAMA1on0AABH/MIgWgf
////8AW4CjAwAAAABbgKMDAAAAAAAAAAAAAACjFggAlgAQAKIAAAAHAAAAYw8qAJYAEACiAAAACQAAAAltEgBCAREDogAAAHJjdV9wcmVlbXB0
AAAAAAAPAAAAeAAAAAEAAABJAKkCmAAJAaIAAAAiAAAAEAARAHZpcnRpbzMtcmVxdWVzdHMAAAAA7HOaF3sBCQKiAAAAwDWifQAAEf8wiBaB//
///wB2N6QDAAAAAHY3pAMAAAAAAAAAAAAAAIPltwKWABABogAAAAkAAACsu48LewEJAqIAAADANaJ9AAAR/zCIFoH/////AIixpAMAAAAAiLGk
AwAAAAAAAAAAAAAASSwwAJgACQGiAAAAIgAAABAAEQB2aXJ0aW8zLXJlcXVlc3RzAAAAAEyNfRN7AQkBogAAAMA1on0AABH/MIgWgf////8Ami
ulAwAAAACaK6UDAAAAAAAAAAAAAAAsnHAAewEZAaIAAADANaJ9AAAR/zCIFoH/////AKNopQMAAAAAo2ilAwAAAAAAAAAAAAAAQ44VAJYAEACi
AAAACQAAACkHDwBCAREDogAAAHJjdV9wcmVlbXB0AAAAAAAPAAAAeAAAAAEAAAAjtxYQlgAQAKIAAAAJAAAAaEuJAScFAACiAAAAAFkMBQAAEf
+QbpGB/////wAAAAABAAAAEHxVAF8BAACiAAAAAwAAAAAAAAADAAAAAAAAAKCG2Aj9fwAAgP////////+Xe4iGAAAAAGB1xbR8VQAAAAQAAAAA
AABGUAwAXgEAAKIAAAADAAAAAAAAAAAAAAAAAAAAaGLiACcFAACiAAAAAFkMBQAAEf+QbpGB/////wAAAAABAAAA8E4IAF8BAACiAAAAAwAAAA
AAAAADAAAAAAAAAJCI2Aj9fwAAgP////////+Xe4iGAAAAACQAAAAAAAAAAAQAAAAAAABmyAIAXgEAAKIAAAADAAAAAAAAAAAAAAAAAAAA0NZ+
Dl8BAACiAAAAAQEAAAAAAACc////AAAAAIXqxFmcfwAAAAAIAAAAAAAAAAAAAAAAAAgAAAAAAAAAAQAAAAAAAADGelcAXgEAAKIAAAABAQAAAA
AAAAMAAAAAAAAAbHOVBnsBCQGiAAAAwDWifQAAEf8wiBaB/////wDQmaYDAAAAANCZpgMAAAAAAAAAAAAAAIOvHgCWABAAogAAAAkAAACM3hYG
ewEJAaIAAADANaJ9AAAR/zCIFoH/////ANnWpgMAAAAA2damAwAAAAAAAAAAAAAAg7QaAJYAEACiAAAACQAAAGwVRRB7AQkBogAAAMA1on0AAB
H/MIgWgf////8A61CnAwAAAADrUKcDAAAAAAAAAAAAAACDvhYAlgAQAKIAAAABAAAAo+4TAJYAEACiAAAABwAAAMNWJgCWABAAogAAAAkAAADw
uvkEXwEAAKIAAAADAAAAAAAAAAMAAAAAAAAAGKSt+wAAAADgOchZnH8AAAAQAAAAAAAAeHzIWZx/AAAAAAAAAAAAAAzADwF7AQkEogAAAMA1on
0AABH/MIgWgf////8A9I2nAwAAAAD0jacDAAAAAAAAAAAAAAAmKh8AXgEAAKIAAAADAAAAAAAAAAAAAAAAAAAAEAFxAl8BAACiAAAAAQEAAAAA
AACc////AAAAAOHrxFmcfwAAAAAIAAAAAAAAAAAAAAAAAAgAAAAAAAAAAQAAAAAAAAAmHIMAXgEAAKIAAAABAQAAAAAAAAMAAAAAAAAAsEL2Al
8BAACiAAAAAwAAAAAAAAADAAAAAAAAAAikrfsAAAAA4DnIWZx/AADAGsNZnH8AAJmZmZmZmZkZAAAAAAAAAAAGiwgAXgEAAKIAAAADAAAAAAAA
AAAAAAAAAAAALAhuK3sBCQGiAAAAwDWifQAAEf8wiBaB/////wAq/KgDAAAAACr8qAMAAAAAAAAAAAAAAGOBLgCWABAAogAAAAkAAAAJzhEAQg
ERA6IAAAByY3VfcHJlZW1wdAAAAAAADwAAAHgAAAABAAAATD1NDXsBCQGiAAAAwDWifQAAEf8wiBaB/////wA8dqkDAAAAADx2qQMAAAAAAAAA
AAAAAEPKRgCWABAAogAAAAkAAABM/ZEFewEJAaIAAADANaJ9AAAR/zCIFoH/////AEWzqQMAAAAARbOpAwAAAAAAAAAAAAAAQ1UQAJYAEACiAA
AACQAAACk8DABCAREDogAAAHJjdV9wcmVlbXB0AAAAAAAPAAAAeAAAAAEAAAAsvdwXewEJAaIAAADANaJ9AAAR/zCIFoH/////AGBqqgMAAAAA
YGqqAwAAAAAAAAAAAAAAg8w6AJYAEACiAAAACQAAAExk2Cx7AQkBogAAAMA1on0AABH/MIgWgf////8AjZurAwAAAACNm6sDAAAAAAAAAAAAAA
CsJCwAewEJAaIAAADANaJ9AAAR/zCIFoH/////AJbYqwMAAAAAltirAwAAAAAAAAAAAAAAgzRFAJYAEACiAAAABwAAACxRgwd7AQkBogAAAMA1
on0AABH/MIgWgf////8AnxWsAwAAAACfFawDAAAAAAAAAAAAAADMaVcPewEJAaIAAADANaJ9AAAR/zCIFoH/////ALGPrAMAAAAAsY+sAwAAAA
AAAAAAAAAA0PEmBV8BAACiAAAAAwAAAAAAAAADAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAALh8mQeb/q2AAAAAAAAAAAYP/FtHxVAADGvQkAXgEA
AKIAAAADAAAAAAAAAAAAAAAAAAAATObXAHsBCQGiAAAAwDWifQAAEf8wiBaB/////wC6zKwDAAAAALrMrAMAAAAAAAAAAAAAAMzOhBB7AQkBog
AAAMA1on0AABH/MIgWgf////8AzEatAwAAAADMRq0DAAAAAAAAAAAAAAApBtACIwWAAKIAAAAAWQwFAAAR/y0AAAAAAAAAHAADAGxvAAAAAAAA
Y5w/AJYAEAGiAAAAAwAAACd5bAAgBRABogAAAABZDAUAABH/HwAAABgAAwBsbwAAjE8JEXsBGQKiAAAAwDWifQAAEf8wiBaB/////wDewK0DAA
AAAN7ArQMAAAAAAAAAAAAAAA==`,
];

export const TEXT: string = `            true-158     [000] .....    15.055962: sys_exit: NR 257 = 3
            true-158     [000] d.h1.    15.056743: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15060000000 softexpires=15060000000 mode=ABS was_armed=0
            true-158     [000] ..s..    15.056760: softirq_entry: vec=9 [action=RCU]
            true-158     [000] d.s3.    15.056791: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            true-158     [000] .....    15.057206: sys_enter: NR 3 (3, 2ccf, 1, 2, 3, 0)
            true-158     [000] .....    15.057222: sys_exit: NR 3 = 0
            true-158     [000] .....    15.057732: sys_enter: NR 257 (ffffff9c, 7f2e95870140, 80000, 0, 7ffff3819da7, 0)
            true-158     [000] .....    15.057905: sys_exit: NR 257 = 3
            true-158     [000] .....    15.059681: sys_enter: NR 3 (3, 7f2e9568b368, 0, ffff80d16a974cbc, c0008002, 20)
            true-158     [000] .....    15.059693: sys_exit: NR 3 = 0
            true-158     [000] d.h1.    15.089837: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15092000000 softexpires=15092000000 mode=ABS was_armed=0
            true-158     [000] ..s..    15.089882: softirq_entry: vec=7 [action=SCHED]
            true-158     [000] ..s..    15.089950: softirq_entry: vec=9 [action=RCU]
            true-158     [000] ..s..    15.090016: softirq_entry: vec=9 [action=RCU]
            true-158     [000] d.h1.    15.093475: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15096000000 softexpires=15096000000 mode=ABS was_armed=0
            true-158     [000] ..s..    15.093503: softirq_entry: vec=9 [action=RCU]
            true-158     [000] d.s3.    15.093530: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            true-158     [000] d.h1.    15.110842: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15112000000 softexpires=15112000000 mode=ABS was_armed=0
            true-158     [000] d.h1.    15.112682: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15116000000 softexpires=15116000000 mode=ABS was_armed=0
            true-158     [000] ..s..    15.112704: softirq_entry: vec=9 [action=RCU]
            true-158     [000] d.h1.    15.121568: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15124000000 softexpires=15124000000 mode=ABS was_armed=0
            true-158     [000] ..s..    15.121609: softirq_entry: vec=9 [action=RCU]
            true-158     [000] d.s3.    15.121638: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            true-158     [000] d.h1.    15.124828: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15128000000 softexpires=15128000000 mode=ABS was_armed=0
            true-158     [000] ..s..    15.124863: softirq_entry: vec=9 [action=RCU]
            true-158     [000] d.h1.    15.131332: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15132000000 softexpires=15132000000 mode=ABS was_armed=0
            true-158     [000] ..s..    15.131361: softirq_entry: vec=9 [action=RCU]
            true-158     [000] d.s3.    15.131384: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            true-158     [000] d.H2.    15.144796: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15148000000 softexpires=15148000000 mode=ABS was_armed=0
            true-158     [000] .....    15.146267: sched_process_exit: comm=true pid=158 prio=120
            true-158     [000] dN.4.    15.146606: sched_waking: comm=sh pid=157 prio=120 target_cpu=000
            true-158     [000] d..2.    15.146745: sched_switch: prev_comm=true prev_pid=158 prev_prio=120 prev_state=Z ==> next_comm=sh next_pid=157 next_prio=120
              sh-157     [000] .....    15.147645: sys_enter: NR 257 (ffffff9c, 55742dc337f0, 241, 1b6, 7fb1f5666c70, 1)
              sh-157     [000] .....    15.148075: sys_exit: NR 257 = 3
              sh-157     [000] .....    15.148243: sys_enter: NR 3 (1, 0, 0, 0, 7fb1f5666c70, 1)
              sh-157     [000] .....    15.148256: sys_exit: NR 3 = 0
              sh-157     [000] .....    15.148319: sys_enter: NR 3 (3, 1, 0, 0, 7fb1f5666c70, 1)
              sh-157     [000] .....    15.148321: sys_exit: NR 3 = 0
              sh-157     [000] d.h1.    15.153544: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15156000000 softexpires=15156000000 mode=ABS was_armed=0
              sh-157     [000] ..s..    15.153588: softirq_entry: vec=7 [action=SCHED]
              sh-157     [000] ..s..    15.153661: softirq_entry: vec=9 [action=RCU]
              sh-157     [000] .....    15.154518: sys_enter: NR 3 (a, 1, 0, 0, 2, 55742dc3381d)
              sh-157     [000] .....    15.154530: sys_exit: NR 3 = 0
              sh-157     [000] .....    15.155759: task_newtask: pid=159 comm=sh clone_flags=4100 oom_score_adj=0
              sh-157     [000] .....    15.155781: sched_process_fork: comm=sh pid=157 child_comm=sh child_pid=159
              sh-157     [000] d..2.    15.155914: sched_switch: prev_comm=sh prev_pid=157 prev_prio=120 prev_state=D ==> next_comm=sh next_pid=159 next_prio=120
            sync-159     [000] d.h1.    15.156583: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15160000000 softexpires=15160000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.156617: softirq_entry: vec=1 [action=TIMER]
            sync-159     [000] ..s..    15.156668: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] d.s3.    15.156692: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            sync-159     [000] .....    15.161238: block_rq_issue: 254,0 RA 16384 () 126120 + 32 [sh]
            sync-159     [000] d.h1.    15.161500: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15164000000 softexpires=15164000000 mode=ABS was_armed=0
            sync-159     [000] d..2.    15.161641: sched_switch: prev_comm=sh prev_pid=159 prev_prio=120 prev_state=D ==> next_comm=swapper/0 next_pid=0 next_prio=120
          <idle>-0       [000] d.h1.    15.161879: irq_handler_entry: irq=25 name=virtio0-req.0
          <idle>-0       [000] d.h2.    15.161914: block_rq_complete: 254,0 RA () 126120 + 32 [0]
          <idle>-0       [000] d.h5.    15.161942: sched_waking: comm=sh pid=159 prio=120 target_cpu=000
          <idle>-0       [000] d..2.    15.162079: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=sh next_pid=159 next_prio=120
            sync-159     [000] d..4.    15.162731: sched_waking: comm=sh pid=157 prio=120 target_cpu=000
            sync-159     [000] d..2.    15.162775: sched_switch: prev_comm=sh prev_pid=159 prev_prio=120 prev_state=R+ ==> next_comm=sh next_pid=157 next_prio=120
              sh-157     [000] d..2.    15.162904: sched_switch: prev_comm=sh prev_pid=157 prev_prio=120 prev_state=S ==> next_comm=sh next_pid=159 next_prio=120
            sync-159     [000] d.h1.    15.164225: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15168000000 softexpires=15168000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.164298: softirq_entry: vec=7 [action=SCHED]
            sync-159     [000] .....    15.164338: block_rq_issue: 254,0 RA 24576 () 126152 + 48 [sync]
            sync-159     [000] d.h..    15.164594: irq_handler_entry: irq=25 name=virtio0-req.0
            sync-159     [000] d.h1.    15.164619: block_rq_complete: 254,0 RA () 126152 + 48 [0]
            sync-159     [000] .....    15.165266: sched_process_exec: filename=/usr/bin/sync pid=159 old_pid=159
            sync-159     [000] d.h1.    15.168717: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15172000000 softexpires=15172000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.168757: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] d.h1.    15.172768: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15176000000 softexpires=15176000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.172814: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] d.s3.    15.172852: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            sync-159     [000] d.h1.    15.177239: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15180000000 softexpires=15180000000 mode=ABS was_armed=0
            sync-159     [000] .....    15.178173: sys_enter: NR 257 (ffffff9c, 7f166379a0b1, 80000, 0, 0, 55e3851b5bef)
            sync-159     [000] .....    15.178458: sys_exit: NR 257 = 3
            sync-159     [000] .....    15.178901: sys_enter: NR 3 (3, 2ccf, 1, 2, 3, 0)
            sync-159     [000] .....    15.178916: sys_exit: NR 3 = 0
            sync-159     [000] .....    15.179719: sys_enter: NR 257 (ffffff9c, 7f166376f140, 80000, 0, 7ffe5ed6ac27, 0)
            sync-159     [000] .....    15.179866: sys_exit: NR 257 = 3
            sync-159     [000] d.h1.    15.181357: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15184000000 softexpires=15184000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.181400: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] .....    15.183438: sys_enter: NR 3 (3, 7f166358a368, 0, ffff80e99ca75cbc, c0008002, 20)
            sync-159     [000] .....    15.183458: sys_exit: NR 3 = 0
            sync-159     [000] d.h1.    15.184656: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15188000000 softexpires=15188000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.184695: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] d.s3.    15.184722: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            sync-159     [000] d.h1.    15.191056: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15192000000 softexpires=15192000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.191100: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] ..s..    15.191167: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] d.h1.    15.192418: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15196000000 softexpires=15196000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.192471: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] d.s3.    15.192546: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            sync-159     [000] d.H2.    15.196297: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15200000000 softexpires=15200000000 mode=ABS was_armed=0
            sync-159     [000] d.h1.    15.200852: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15204000000 softexpires=15204000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.200893: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] d.h1.    15.204639: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15208000000 softexpires=15208000000 mode=ABS was_armed=0
            sync-159     [000] ..s..    15.204676: softirq_entry: vec=9 [action=RCU]
            sync-159     [000] d.s3.    15.204702: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] d.h1.    15.495398: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15496000000 softexpires=15496000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.495439: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.h1.    15.496738: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15500000000 softexpires=15500000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.496876: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.s3.    15.496905: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] d.H2.    15.504777: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15508000000 softexpires=15508000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.509844: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15512000000 softexpires=15512000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.509934: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] .....    15.511681: sys_enter: NR 257 (ffffff9c, 557c8ae953c2, 802, 0, 0, 7f9c59cd26d0)
            bash-162     [000] d.h1.    15.512995: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15516000000 softexpires=15516000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.513017: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.s3.    15.513086: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] d.H2.    15.516241: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15520000000 softexpires=15520000000 mode=ABS was_armed=0
            bash-162     [000] .....    15.517866: sys_exit: NR 257 = -6
            bash-162     [000] d.h1.    15.520581: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15524000000 softexpires=15524000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.520634: softirq_entry: vec=7 [action=SCHED]
            bash-162     [000] ..s..    15.520711: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.h1.    15.532725: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15536000000 softexpires=15536000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.532771: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.s3.    15.532808: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] d.H2.    15.541488: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15544000000 softexpires=15544000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.546018: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15548000000 softexpires=15548000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.548546: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15552000000 softexpires=15552000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.566472: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15568000000 softexpires=15568000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.570157: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15572000000 softexpires=15572000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.573234: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15576000000 softexpires=15576000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.576634: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15580000000 softexpires=15580000000 mode=ABS was_armed=0
            bash-162     [000] d.h2.    15.585600: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15588000000 softexpires=15588000000 mode=ABS was_armed=0
            bash-162     [000] ..s1.    15.585640: softirq_entry: vec=1 [action=TIMER]
            bash-162     [000] ..s1.    15.585679: softirq_entry: vec=7 [action=SCHED]
            bash-162     [000] ..s1.    15.585743: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.h1.    15.590237: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15592000000 softexpires=15592000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.590361: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.s3.    15.590398: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] d.h2.    15.594901: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15596000000 softexpires=15596000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.594992: irq_handler_entry: irq=34 name=virtio3-requests
            bash-162     [000] d..2.    15.595444: sched_switch: prev_comm=bash prev_pid=162 prev_prio=120 prev_state=D ==> next_comm=swapper/0 next_pid=0 next_prio=120
          <idle>-0       [000] d.h2.    15.621980: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15624000000 softexpires=15624000000 mode=ABS was_armed=0
          <idle>-0       [000] d.H1.    15.622199: irq_handler_entry: irq=34 name=virtio3-requests
          <idle>-0       [000] d.H5.    15.622234: sched_waking: comm=bash pid=162 prio=120 target_cpu=000
          <idle>-0       [000] .Ns1.    15.623000: softirq_entry: vec=7 [action=SCHED]
          <idle>-0       [000] d..2.    15.623595: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=bash next_pid=162 next_prio=120
            bash-162     [000] d.h1.    15.624266: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15628000000 softexpires=15628000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.624282: softirq_entry: vec=7 [action=SCHED]
            bash-162     [000] ..s..    15.624368: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.s3.    15.624406: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] d.h1.    15.625801: irq_handler_entry: irq=34 name=virtio3-requests
            bash-162     [000] d.h2.    15.638176: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15640000000 softexpires=15640000000 mode=ABS was_armed=0
            bash-162     [000] ..s1.    15.639601: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.h2.    15.645662: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15648000000 softexpires=15648000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.645761: irq_handler_entry: irq=34 name=virtio3-requests
            bash-162     [000] d.h1.    15.655980: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15656000000 softexpires=15656000000 mode=ABS was_armed=0
            bash-162     [000] d.H1.    15.656210: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15660000000 softexpires=15660000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.656254: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.s3.    15.656285: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] ..s..    15.664720: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] .....    15.665526: kfree_skb: skbaddr=0000000093d2e1da protocol=0 location=000000006b0f304c reason: NOT_SPECIFIED
            bash-162     [000] .....    15.665701: sys_enter: NR 3 (3, 7ffd08d886a0, ffffffffffffff80, 86887b97, 557cb4c57560, 400)
            bash-162     [000] .....    15.665726: sys_exit: NR 3 = 0
            bash-162     [000] .....    15.666190: kfree_skb: skbaddr=0000000093d2e1da protocol=0 location=000000006b0f304c reason: NOT_SPECIFIED
            bash-162     [000] .....    15.666207: sys_enter: NR 3 (3, 7ffd08d88890, ffffffffffffff80, 86887b97, 24, 400)
            bash-162     [000] .....    15.666212: sys_exit: NR 3 = 0
            bash-162     [000] .....    15.673812: sys_enter: NR 257 (ffffff9c, 7f9c59c4ea85, 80000, 0, 8, 1)
            bash-162     [000] .....    15.673991: sys_exit: NR 257 = 3
            bash-162     [000] d.h1.    15.677443: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15680000000 softexpires=15680000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.677506: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.h1.    15.680699: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15684000000 softexpires=15684000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.680753: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.h1.    15.689283: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15692000000 softexpires=15692000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.689330: softirq_entry: vec=1 [action=TIMER]
            bash-162     [000] ..s..    15.689371: softirq_entry: vec=7 [action=SCHED]
            bash-162     [000] ..s..    15.689449: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] .....    15.692058: sys_enter: NR 3 (3, fbada418, 7f9c59c839e0, 1000, 7f9c59c87c78, 0)
            bash-162     [000] d.h4.    15.692614: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15696000000 softexpires=15696000000 mode=ABS was_armed=0
            bash-162     [000] .....    15.692678: sys_exit: NR 3 = 0
            bash-162     [000] .....    15.693958: sys_enter: NR 257 (ffffff9c, 7f9c59c4ebe1, 80000, 0, 8, 1)
            bash-162     [000] .....    15.694227: sys_exit: NR 257 = 3
            bash-162     [000] .....    15.695780: sys_enter: NR 3 (3, fbada408, 7f9c59c839e0, 7f9c59c31ac0, 1999999999999999, 0)
            bash-162     [000] .....    15.695797: sys_exit: NR 3 = 0
            bash-162     [000] d.h1.    15.718567: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15720000000 softexpires=15720000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.718662: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.s3.    15.718699: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] d.h1.    15.725672: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15728000000 softexpires=15728000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.725817: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.h1.    15.728738: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15732000000 softexpires=15732000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.728771: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.s3.    15.728796: sched_waking: comm=rcu_preempt pid=15 prio=120 target_cpu=001
            bash-162     [000] d.h1.    15.741307: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15744000000 softexpires=15744000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.741428: softirq_entry: vec=9 [action=RCU]
            bash-162     [000] d.h1.    15.764939: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15764000000 softexpires=15764000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.765030: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15768000000 softexpires=15768000000 mode=ABS was_armed=0
            bash-162     [000] ..s..    15.765171: softirq_entry: vec=7 [action=SCHED]
            bash-162     [000] d.h1.    15.769110: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15772000000 softexpires=15772000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.777154: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15780000000 softexpires=15780000000 mode=ABS was_armed=0
            bash-162     [000] .....    15.779855: sys_enter: NR 3 (3, 1, 0, d8eabf7990c9870b, 0, 557cb4c5ff60)
            bash-162     [000] .....    15.779875: sys_exit: NR 3 = 0
            bash-162     [000] d.h1.    15.780317: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15784000000 softexpires=15784000000 mode=ABS was_armed=0
            bash-162     [000] d.h1.    15.788978: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15792000000 softexpires=15792000000 mode=ABS was_armed=0
            bash-162     [000] b....    15.790452: net_dev_xmit: dev=lo skbaddr=0000000093d2e1da len=45 rc=0
            bash-162     [000] ..s1.    15.790583: softirq_entry: vec=3 [action=NET_RX]
            bash-162     [000] ..s1.    15.790805: netif_receive_skb: dev=lo skbaddr=0000000093d2e1da len=31
            bash-162     [000] d.H2.    15.799737: hrtimer_start: hrtimer=0000000079d1d517 function=tick_sched_timer expires=15800000000 softexpires=15800000000 mode=ABS was_armed=0`;

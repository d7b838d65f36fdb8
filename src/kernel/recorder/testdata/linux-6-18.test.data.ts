/**
 * Recorded on Linux 6.18: the first pages of a CPU of an ftrace instance, the format files, and the kernel's own text for the
 * same records (raw_syscalls filtered to openat and close). Pages are cut behind their data.
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
  `dIfs/iMCAADoDwAAAAAAAAwAAADMAS0BDUEAAPjGwSeGiP//4DJDgf////8ALyn/IwIAAAAvKf8jAgAAAAAAAAAAAADw8gYAdAEBAg1BAABub2
RlAAAAAAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAyQgAAeAAAAKnOBAB3AQEFMkIAAG5vZGUAAAAAAAAAAAAAAAAo
QgAAeAAAAAEAAABQWAcAdAEBAjJCAABub2RlAAAAAAAAAAAAAAAAMkIAAHgAAAABAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAPAuqQ
B0AQECDUEAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAAAAAAAAAAAAbm9kZQAAAAAAAAAAAAAAADBCAAB4AAAAKUEGAHcBAQUwQgAAbm9kZQAA
AAAAAAAAAAAAAChCAAB4AAAAAQAAAHAVAgB0AQECMEIAAG5vZGUAAAAAAAAAAAAAAAAwQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAAAAAA
1BAAB4AAAAKckpAHcBCQINQQAAbG9hZAAAAAAAAAAAAAAAADRCAAB4AAAAAAAAABC6BQB0AQECDUEAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAA
AAAAAAAAAAAAbG9hZAAAAAAAAAAAAAAAADRCAAB4AAAADAAGAMwBAQE0QgAAqHtKAwDJ//+w5EGB/////8PjjP8jAgAAwuOM/yMCAAAAAAAAAA
AAABAFAgB0AQECNEIAAGxvYWQAAAAAAAAAAAAAAAA0QgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAAAAAC9CAAB4AAAAMMICAHQBAQIvQgAA
bm9kZQAAAAAAAAAAAAAAAC9CAAB4AAAAAQAAAAAAAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAACQahwAdAEBAg1BAABub2RlAAAAAAAAAAAAAA
AADUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAyQgAAeAAAAEnPBQB3AQEFMkIAAG5vZGUAAAAAAAAAAAAAAAAoQgAAeAAAAAEAAACQ
DgMAdAEBAjJCAABub2RlAAAAAAAAAAAAAAAAMkIAAHgAAAABAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAABCe4gB0AQECDUEAAG5vZG
UAAAAAAAAAAAAAAAANQQAAeAAAAAAAAAAAAAAAbm9kZQAAAAAAAAAAAAAAADBCAAB4AAAAifMFAHcBAQUwQgAAbm9kZQAAAAAAAAAAAAAAAChC
AAB4AAAAAQAAADDRBgB0AQECMEIAAG5vZGUAAAAAAAAAAAAAAAAwQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAEF4cAH
QBAQINQQAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAAAAAAAAAAABub2RlAAAAAAAAAAAAAAAAL0IAAHgAAABplAUAdwEBBS9CAABub2RlAAAA
AAAAAAAAAAAAKEIAAHgAAAABAAAAUEsGAHQBAQIvQgAAbm9kZQAAAAAAAAAAAAAAAC9CAAB4AAAAAQAAAAAAAABub2RlAAAAAAAAAAAAAAAADU
EAAHgAAACQ7TcAdAEBAg1BAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAyQgAAeAAAALCLBQB0AQEC
MkIAAG5vZGUAAAAAAAAAAAAAAAAyQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAA8JgKAHQBAQINQQAAbm9kZQAAAAAAAA
AAAAAAAA1BAAB4AAAAAAAAAAAAAABub2RlAAAAAAAAAAAAAAAAMEIAAHgAAADp8gIAdwEBBTBCAABub2RlAAAAAAAAAAAAAAAAKEIAAHgAAAAB
AAAA0BwGAHQBAQIwQgAAbm9kZQAAAAAAAAAAAAAAADBCAAB4AAAAAQAAAAAAAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAACwwRkAdAEBAg1BAA
Bub2RlAAAAAAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAvQgAAeAAAAKmVBQB3AQEFL0IAAG5vZGUAAAAAAAAAAAAA
AAAoQgAAeAAAAAEAAADw/gUAdAEBAi9CAABub2RlAAAAAAAAAAAAAAAAL0IAAHgAAAABAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAJ
DCSAB0AQECDUEAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAAAAAAAAAAAAbm9kZQAAAAAAAAAAAAAAADJCAAB4AAAAqRQDAHcBAQUyQgAAbm9k
ZQAAAAAAAAAAAAAAAChCAAB4AAAAAQAAABDiAwB0AQECMkIAAG5vZGUAAAAAAAAAAAAAAAAyQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAA
AAAA1BAAB4AAAAcKAYAHQBAQINQQAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAAAAAAAAAAABub2RlAAAAAAAAAAAAAAAAMEIAAHgAAADJrgUA
dwEBBTBCAABub2RlAAAAAAAAAAAAAAAAKEIAAHgAAAABAAAA0LYCAHQBAQIwQgAAbm9kZQAAAAAAAAAAAAAAADBCAAB4AAAAAQAAAAAAAABub2
RlAAAAAAAAAAAAAAAADUEAAHgAAABwU80AdAEBAg1BAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAv
QgAAeAAAACmdBQB3AQEFL0IAAG5vZGUAAAAAAAAAAAAAAAAoQgAAeAAAAAEAAAAwPAYAdAEBAi9CAABub2RlAAAAAAAAAAAAAAAAL0IAAHgAAA
ABAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAANCQFwB0AQECDUEAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAAAAAAAAAAAAbm9kZQAA
AAAAAAAAAAAAADJCAAB4AAAAKeUCAHcBAQUyQgAAbm9kZQAAAAAAAAAAAAAAAChCAAB4AAAAAQAAAPAXCAB0AQECMkIAAG5vZGUAAAAAAAAAAA
AAAAAyQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAULU/AHQBAQINQQAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAAAAA
AAAAAABub2RlAAAAAAAAAAAAAAAAMEIAAHgAAAAJxAUAdwEBBTBCAABub2RlAAAAAAAAAAAAAAAAKEIAAHgAAAABAAAAkNUFAHQBAQIwQgAAbm
9kZQAAAAAAAAAAAAAAADBCAAB4AAAAAQAAAAAAAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAADwWhcAdAEBAg1BAABub2RlAAAAAAAAAAAAAAAA
DUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAvQgAAeAAAAGmZBQB3AQEFL0IAAG5vZGUAAAAAAAAAAAAAAAAoQgAAeAAAAAEAAACQ1Q
UAdAEBAi9CAABub2RlAAAAAAAAAAAAAAAAL0IAAHgAAAABAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAFDnJQB0AQECDUEAAG5vZGUA
AAAAAAAAAAAAAAANQQAAeAAAAAAAAAAAAAAAbm9kZQAAAAAAAAAAAAAAADJCAAB4AAAAKZ0FAHcBAQUyQgAAbm9kZQAAAAAAAAAAAAAAAChCAA
B4AAAAAQAAALDiAgB0AQECMkIAAG5vZGUAAAAAAAAAAAAAAAAyQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAsMTMAHQB
AQINQQAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAAAAAAAAAAABub2RlAAAAAAAAAAAAAAAAMEIAAHgAAACpXgMAdwEBBTBCAABub2RlAAAAAA
AAAAAAAAAAKEIAAHgAAAABAAAAMF8CAHQBAQIwQgAAbm9kZQAAAAAAAAAAAAAAADBCAAB4AAAAAQAAAAAAAABub2RlAAAAAAAAAAAAAAAADUEA
AHgAAADQvRcAdAEBAg1BAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAvQgAAeAAAAMmkBQB3AQEFL0
IAAG5vZGUAAAAAAAAAAAAAAAAoQgAAeAAAAAEAAABwOAYAdAEBAi9CAABub2RlAAAAAAAAAAAAAAAAL0IAAHgAAAABAAAAAAAAAG5vZGUAAAAA
AAAAAAAAAAANQQAAeAAAAPAKJQB0AQECDUEAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAAAAAAAAAAAAbm9kZQAAAAAAAAAAAAAAADJCAAB4AA
AA6aUFAHcBAQUyQgAAbm9kZQAAAAAAAAAAAAAAAChCAAB4AAAAAQAAAND0BQB0AQECMkIAAG5vZGUAAAAAAAAAAAAAAAAyQgAAeAAAAAEAAAAA
AAAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAcFAYAHQBAQINQQAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAAAAAAAAAAABub2RlAAAAAAAAAA
AAAAAAMEIAAHgAAAApmAUAdwEBBTBCAABub2RlAAAAAAAAAAAAAAAAKEIAAHgAAAABAAAAECgGAHQBAQIwQgAAbm9kZQAAAAAAAAAAAAAAADBC
AAB4AAAAAQAAAAAAAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAAAwdjQAdAEBAg1BAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAG
5vZGUAAAAAAAAAAAAAAAAvQgAAeAAAAJByBQB0AQECL0IAAG5vZGUAAAAAAAAAAAAAAAAvQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAAAA
AA1BAAB4AAAAcIwKAHQBAQINQQAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAAAAAAAAAAABub2RlAAAAAAAAAAAAAAAAMkIAAHgAAAAJ5QIAdw
EBBTJCAABub2RlAAAAAAAAAAAAAAAAKEIAAHgAAAABAAAAMPsFAHQBAQIyQgAAbm9kZQAAAAAAAAAAAAAAADJCAAB4AAAAAQAAAAAAAABub2Rl
AAAAAAAAAAAAAAAADUEAAHgAAACw/RcAdAEBAg1BAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAwQg
AAeAAAAKlyBQB3AQEFMEIAAG5vZGUAAAAAAAAAAAAAAAAoQgAAeAAAAAEAAAA=`,
  `xz1VASQCAADADwAAAAAAABAAAAB0AQECMEIAAG5vZGUAAAAAAAAAAAAAAAAwQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AA
AAkK0PAHQBAQINQQAAbm9kZQAAAAAAAAAAAAAAAA1BAAB4AAAAAAAAAAAAAABub2RlAAAAAAAAAAAAAAAAMEIAAHgAAACp8QIAdwEBBTBCAABu
b2RlAAAAAAAAAAAAAAAAKEIAAHgAAAABAAAA0DIHAHQBAQIwQgAAbm9kZQAAAAAAAAAAAAAAADBCAAB4AAAAAQAAAAAAAABub2RlAAAAAAAAAA
AAAAAADUEAAHgAAACQFRwAdAEBAg1BAABub2RlAAAAAAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAxQgAAeAAAACkD
AwB3AQEFMUIAAG5vZGUAAAAAAAAAAAAAAAAoQgAAeAAAAAEAAABQygMAdAEBAjFCAABub2RlAAAAAAAAAAAAAAAAMUIAAHgAAAABAAAAAAAAAG
5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAKkTJQB3AQkCDUEAAGxvYWQAAAAAAAAAAAAAAAA0QgAAeAAAAAAAAABwTAgAdAEBAg1BAABub2RlAAAA
AAAAAAAAAAAADUEAAHgAAAAAAAAAAAAAAGxvYWQAAAAAAAAAAAAAAAA0QgAAeAAAAOyiBgDMAQEBNEIAAMh6SgMAyf//sORBgf////8CTvEBJA
IAAAFO8QEkAgAAAAAAAAAAAACQfAEAdAEBAjRCAABsb2FkAAAAAAAAAAAAAAAANEIAAHgAAAABAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAANQQAA
eAAAAPCxFAB0AQECDUEAAG5vZGUAAAAAAAAAAAAAAAANQQAAeAAAAAAAAAAAAAAAbm9kZQAAAAAAAAAAAAAAADJCAAB4AAAAiQQDAHcBAQUyQg
AAbm9kZQAAAAAAAAAAAAAAAChCAAB4AAAAAQAAAPD8AgB0AQECMkIAAG5vZGUAAAAAAAAAAAAAAAAyQgAAeAAAAAEAAAAAAAAAbm9kZQAAAAAA
AAAAAAAAAA1BAAB4AAAArOhWBswBLQENQQAA+MbBJ4aI///gMkOB/////wCSyAEkAgAAAJLIASQCAAAAAAAAAAAAAHD6CAB0AQECDUEAAG5vZG
UAAAAAAAAAAAAAAAANQQAAeAAAAAAAAAAAAAAAc3luYwAAAAAAAAAAAAAAAHRCAAB4AAAA6e8PAHcBAQR0QgAAa3dvcmtlci8wOjFIAAAAADoA
AABkAAAAAAAAADBwBQB0AQECdEIAAHN5bmMAAAAAAAAAAAAAAAB0QgAAeAAAAAIAAAAAAAAAa3dvcmtlci8wOjFIAAAAADoAAABkAAAAMTwEAD
gIAAA6AAAAAADgDwAAAAAAAAAAAAAAAAAAAAAAAAAAAABGRgAAAAAAAAAAa3dvcmtlci8wOjFIAAAAAEAAAQAAAAAAEG0QAHQBAQI6AAAAa3dv
cmtlci8wOjFIAAAAADoAAABkAAAAgAAAAAAAAABub2RlAAAAAAAAAAAAAAAAMEIAAHgAAACJ7gUAdwEBAjBCAABub2RlAAAAAAAAAAAAAAAAKE
IAAHgAAAABAAAAcFEIAHQBAQIwQgAAbm9kZQAAAAAAAAAAAAAAADBCAAB4AAAAAQAAAAAAAABzd2FwcGVyLzAAAAAAAAAAAAAAAHgAAAAQPzQA
dAEBAgAAAABzd2FwcGVyLzAAAAAAAAAAAAAAAHgAAAAAAAAAAAAAAHN5bmMAAAAAAAAAAAAAAAB0QgAAeAAAADBLBgC7AQAAdEIAAAMAAAAAAA
AAAwAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAmMTLamR/AAAAAAAAAAAAAAAAAAAAAAAAhkADALoBAAB0QgAAAwAAAAAAAAAAAAAAAAAAALBNBgC7
AQAAdEIAAAMAAAAAAAAAAQAAAAAAAAAEIK37AAAAAOBJ52pkfwAAWLzLamR/AAAAAAAAAAAAAAAAAAAAAAAARn0AALoBAAB0QgAAAwAAAAAAAA
AAAAAAAAAAABDMAAC7AQAAdEIAAAMAAAAAAAAAAgAAAAAAAAAGIK37AAAAAOBJ52pkfwAAWLzLamR/AAAAAAAAAAAAAAAAAAAAAAAABnwAALoB
AAB0QgAAAwAAAAAAAAAAAAAAAAAAAEneCwBxAQAAdEIAAHN5bmMAAAAAAAAAAAAAAAB0QgAAeAAAAAEAAACQ50cAdAEBAnRCAABzeW5jAAAAAA
AAAAAAAAAAdEIAAHgAAAAAAQAAAAAAAG5vZGUAAAAAAAAAAAAAAAAxQgAAeAAAAOnoCAB3AQEFMUIAAG5vZGUAAAAAAAAAAAAAAAAoQgAAeAAA
AAEAAABQlgYAdAEBAjFCAABub2RlAAAAAAAAAAAAAAAAMUIAAHgAAAABAAAAAAAAAG5vZGUAAAAAAAAAAAAAAAAwQgAAeAAAAPAwBAB0AQECME
IAAG5vZGUAAAAAAAAAAAAAAAAwQgAAeAAAAAEAAAAAAAAAc3luYwAAAAAAAAAAAAAAAHRCAAB4AAAASQokAHcBJQR0QgAAc2gAAAAAAAAAAAAA
AAAAAHJCAAB4AAAAAAAAALCBBQB0AQECdEIAAHN5bmMAAAAAAAAAAAAAAAB0QgAAeAAAACAAAAAAAAAAc2gAAAAAAAAAAAAAAAAAAHJCAAB4AA
AADEFVAM0AAAByQgAAdUIAAHNoAAAAAAAAAAAAAAAAAAAAAAAAAAAgAQAAAAAAAAAAAAAAAIgMBABuAQAAckIAABgAAwByQgAAGwADAHVCAABz
aABzaAAAABC8GgB0AQECckIAAHNoAAAAAAAAAAAAAAAAAAByQgAAeAAAAAEAAAAAAAAAc2gAAAAAAAAAAAAAAAAAAHVCAAB4AAAAsDEhAHQBAQ
J1QgAAc2gAAAAAAAAAAAAAAAAAAHVCAAB4AAAAAAAAAAAAAABub2RlAAAAAAAAAAAAAAAAMkIAAHgAAABJmA0AdwEBBTJCAABub2RlAAAAAAAA
AAAAAAAAKEIAAHgAAAABAAAA0NYFAHQBAQIyQgAAbm9kZQAAAAAAAAAAAAAAADJCAAB4AAAAAQAAAAAAAABzaAAAAAAAAAAAAAAAAAAAdUIAAH
gAAAAQsBEAuwEAAHVCAAABAQAAAAAAAJz///8AAAAAkJ2jIrhVAABBAgAAAAAAALYBAAAAAAAAFQAAAAAAAAABAAAAAAAAAAaaCgC6AQAAdUIA
AAEBAAAAAAAA/v////////+pvB0AcQEAAHVCAABzaAAAAAAAAAAAAAAAAAAAdUIAAHgAAAABAAAAyWAwAHcBJQR1QgAAc2gAAAAAAAAAAAAAAA
AAAHJCAAB4AAAAAAAAAHBRBAB0AQECdUIAAHNoAAAAAAAAAAAAAAAAAAB1QgAAeAAAACAAAAAAAAAAc2gAAAAAAAAAAAAAAAAAAHJCAAB4AAAA
jFMfAM0AAAByQgAAdkIAAHNoAAAAAAAAAAAAAAAAAAAAAAAAAEEAAAAAAAAAAAAAAAAAACjKAQBuAQAAckIAABgAAwByQgAAGwADAHZCAABzaA
BzaAAAAPCHAwB0AQECckIAAHNoAAAAAAAAAAAAAAAAAAByQgAAeAAAAAIAAAAAAAAAc2gAAAAAAAAAAAAAAAAAAHZCAAB4AAAAKW0mAHcBAQR2
QgAAc2gAAAAAAAAAAAAAAAAAAHJCAAB4AAAAAAAAABDJCQB0AQECdkIAAHRydWUAAAAAAAAAAAAAAAB2QgAAeAAAAAABAAAAAAAAc2gAAAAAAA
AAAAAAAAAAAHJCAAB4AAAAMFwDAHQBAQJyQgAAc2gAAAAAAAAAAAAAAAAAAHJCAAB4AAAAAQAAAAAAAAB0cnVlAAAAAAAAAAAAAAAAdkIAAHgA
AAAoICkAbQEAAHZCAAAUAAoAdkIAAHZCAAAvYmluL3RydWUAAABQHZ0AuwEAAHZCAAABAQAAAAAAAJz///8AAAAAsZAxjsF/AAAAAAgAAAAAAA
AAAAAAAAAAAAAAAAAAAADaWtTiq1UAAOa+AwC6AQAAdkIAAAEBAAAAAAAAAwAAAAAAAADQUgQAuwEAAHZCAAADAAAAAAAAAAMAAAAAAAAAn6EA
AAAAAAABAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAEa0AAC6AQAAdkIAAAMAAAAAAAAAAAAAAAAAAABQmwQAuwEAAHZCAAABAQAAAA
AAAJz///8AAAAA4GEujsF/AAAAAAgAAAAAAAAAAAAAAAAA15/mIfx/AAAAAAAAAAAAAAbsAQC6AQAAdkIAAAEBAAAAAAAAAwAAAAAAAAAQIhoA
uwEAAHZCAAADAAAAAAAAAAMAAAAAAAAAaJMPjsF/AAAAAAAAAAAAALxs8HE+gP//AoAAwAAAAAAgAAAAAAAAAMZJAAC6AQAAdkIAAAMAAAAAAA
AAAAAAAAAAAADJ/W4AcQEAAHZCAAB0cnVlAAAAAAAAAAAAAAAAdkIAAHgAAAABAAAAyekpAHcBJQR2QgAAc2gAAAAAAAAAAAAAAAAAAHJCAAB4
AAAAAAAAABDWBAB0AQECdkIAAHRydWUAAAAAAAAAAAAAAAB2QgAAeAAAACAAAAAAAAAAc2gAAAAAAAAAAAAAAAAAAHJCAAB4AAAA6V8PAHEBAA
ByQgAAc2gAAAAAAAAAAAAAAAAAAHJCAAB4AAAAAQAAAGk5LwB3ASUEckIAAHNoAAAAAAAAAAAAAAAAAABxQgAAeAAAAAEAAABwIgUAdAEBAnJC
AABzaAAAAAAAAAAAAAAAAAAAckIAAHgAAAAgAAAAAAAAAHNoAAAAAAAAAAAAAAAAAABxQgAAeAAAANB3EwC7AQAAcUIAAAMAAAAAAAAACgAAAA
AAAAACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZmoAALoBAABxQgAAAwAAAAAAAAAAAAAAAAAAACzxEQDNAAAAcUIA
AHdCAABzaAAAAAAAAAAAAAAAAAAAAAAAAABBAAAAAAAAAAAAAAAAAAAILQIAbgEAAHFCAAAYAAMAcUIAABsAAwB3QgAAc2gAc2gAAADw/gMAdA
EBAnFCAABzaAAAAAAAAAAAAAAAAAAAcUIAAHgAAAACAAAAAAAAAHNoAAAAAAAAAAAAAAAAAAB3QgAAeAAAACnsHwB3AQEEd0IAAHNoAAAAAAAA
AAAAAAAAAABxQgAAeAAAAAAAAADwFwgAdAEBAndCAAB0YXNrc2V0AAAAAAAAAAAAd0IAAHgAAAAAAQAAAAAAAHNoAAAAAAAAAAAAAAAAAABxQg
AAeAAAAA==`,
  `EpjZASQCAADUDwAAAAAAABAAAAC7AQAAd0IAAAEBAAAAAAAAnP///wAAAABQxMgs6lUAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAHC0yCzqVQ
AAhjsBALoBAAB3QgAAAQEAAAAAAAADAAAAAAAAAJCXAAC7AQAAd0IAAAMAAAAAAAAAAwAAAAAAAADVHYvjC38AAGDqMOH/fwAAABAAAAAAAAAH
AAAAAAAAAHC0yCzqVQAARqoAALoBAAB3QgAAAwAAAAAAAAAAAAAAAAAAADA8AAC7AQAAd0IAAAEBAAAAAAAAnP///wAAAAAQ6jDh/38AAAAACA
AAAAAAAAAAAAAAAABFU1NBR0VTAHC0yCzqVQAApgoBALoBAAB3QgAAAQEAAAAAAAADAAAAAAAAAJAgAgC7AQAAd0IAAAMAAAAAAAAAAwAAAAAA
AAAwAAAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAApjQAALoBAAB3QgAAAwAAAAAAAAAAAAAAAAAAAJBeAQC7AQAAd0IAAA
EBAAAAAAAAnP///wAAAADAxMgs6lUAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAGDFyCzqVQAAxrsAALoBAAB3QgAAAQEAAAAAAAD+////////
//ArAAC7AQAAd0IAAAEBAAAAAAAAnP///wAAAADAxsgs6lUAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAGDFyCzqVQAApvsAALoBAAB3QgAAAQ
EAAAAAAAADAAAAAAAAADDFAQC7AQAAd0IAAAMAAAAAAAAAAwAAAAAAAAAOAQAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAA
JjIAALoBAAB3QgAAAwAAAAAAAAAAAAAAAAAAAFBnAQC7AQAAd0IAAAEBAAAAAAAAnP///wAAAACgycgs6lUAAAAACAAAAAAAAAAAAAAAAAAHAA
AAAAAAADDJyCzqVQAAxrYAALoBAAB3QgAAAQEAAAAAAAD+/////////3AuAAC7AQAAd0IAAAEBAAAAAAAAnP///wAAAACAysgs6lUAAAAACAAA
AAAAAAAAAAAAAAAHAAAAAAAAADDJyCzqVQAAJu8AALoBAAB3QgAAAQEAAAAAAAADAAAAAAAAAHC8AQC7AQAAd0IAAAMAAAAAAAAAAwAAAAAAAA
B+BQAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAAJjIAALoBAAB3QgAAAwAAAAAAAAAAAAAAAAAAABBhAQC7AQAAd0IAAAEB
AAAAAAAAnP///wAAAACQzMgs6lUAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAACDMyCzqVQAARrkAALoBAAB3QgAAAQEAAAAAAAD+/////////z
AtAAC7AQAAd0IAAAEBAAAAAAAAnP///wAAAABwzcgs6lUAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAACDMyCzqVQAAhvEAALoBAAB3QgAAAQEA
AAAAAAADAAAAAAAAADCiAQC7AQAAd0IAAAMAAAAAAAAAAwAAAAAAAAAgDQAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAAJj
IAALoBAAB3QgAAAwAAAAAAAAAAAAAAAAAAAJB0AgC7AQAAd0IAAAEBAAAAAAAAnP///wAAAADg08gs6lUAAAAACAAAAAAAAAAAAAAAAAAHAAAA
AAAAAHDTyCzqVQAAxrYAALoBAAB3QgAAAQEAAAAAAAD+/////////1AuAAC7AQAAd0IAAAEBAAAAAAAAnP///wAAAADA1Mgs6lUAAAAACAAAAA
AAAAAAAAAAAAAHAAAAAAAAAHDTyCzqVQAAJu8AALoBAAB3QgAAAQEAAAAAAAADAAAAAAAAALC9AQC7AQAAd0IAAAMAAAAAAAAAAwAAAAAAAAAy
AAAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAAJjIAALoBAAB3QgAAAwAAAAAAAAAAAAAAAAAAAJBFAQC7AQAAd0IAAAEBAA
AAAAAAnP///wAAAABg1sgs6lUAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAPDVyCzqVQAAhrUAALoBAAB3QgAAAQEAAAAAAAD+/////////zAt
AAC7AQAAd0IAAAEBAAAAAAAAnP///wAAAABA18gs6lUAAAAACAAAAAAAAAAAAAAAAAAHAAAAAAAAAPDVyCzqVQAABtYAALoBAAB3QgAAAQEAAA
AAAAADAAAAAAAAAPCgAQC7AQAAd0IAAAMAAAAAAAAAAwAAAAAAAABQZQUAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAAAAAAAAAAA5jAA
ALoBAAB3QgAAAwAAAAAAAAAAAAAAAAAAALBWhwB0AQECd0IAAGJhc2gAAAAAAAAAAAAAAAB3QgAAeAAAAAAAAAAAAAAAbWVtZmQ6c2VhbGVkLT
kxAFdVAAB4AAAArBEQAMwBAQFXVQAAaH1OBQDJ//+w5EGB//////X92gQkAgAApTraBCQCAAAAAAAAAAAAAFDtAQB0AQECV1UAAG1lbWZkOnNl
YWxlZC05MQBXVQAAeAAAAAEAAAAAAAAAYmFzaAAAAAAAAAAAAAAAAHdCAAB4AAAA0CAcALsBAAB3QgAAAwAAAAAAAAADAAAAAAAAAAEAAAAAAA
AAAAAAAAAAAAC3jCm1FiXirgAAAAAAAAAAoNTJLOpVAACmOQAAugEAAHdCAAADAAAAAAAAAAAAAAAAAAAACT4LAAIJgAB3QgAAAKjDCYGI//8t
AAAAAAAAABwAAwBsbwAAAAAAAEO0AADfABABd0IAAAMAAAAHOQEA/wgQAXdCAAAAqMMJgYj//x8AAAAYAAMAbG8AAEldBQACCZACd0IAAACnww
mBiP//SQAAAAAAAAAcAAMAbG8AAAAAAADKtgAABgkQAXdCAAAAqMMJgYj//0xvBIL/////AAAAAAAAAAAACAAAAwAAAGfIAAD/CBABd0IAAACn
wwmBiP//OwAAABgAAwBsbwAAcEIIALsBAAB3QgAAAwAAAAAAAAAKAAAAAAAAAAEAAAAAAAAA/////wAAAAAAEAAAAAAAAGjsjuMLfwAAAAAAAA
AAAAAmMgAAugEAAHdCAAADAAAAAAAAAAAAAAAAAAAAiVkLAHEBAAB3QgAAYmFzaAAAAAAAAAAAAAAAAHdCAAB4AAAAAQAAAAk8SQB3ASUEd0IA
AHNoAAAAAAAAAAAAAAAAAABxQgAAeAAAAAAAAADwMAQAdAEBAndCAABiYXNoAAAAAAAAAAAAAAAAd0IAAHgAAAAgAAAAAAAAAHNoAAAAAAAAAA
AAAAAAAABxQgAAeAAAAAk7EgBxAQAAcUIAAHNoAAAAAAAAAAAAAAAAAABxQgAAeAAAAAEAAAAJzTkAdwEBBXFCAABub2RlAAAAAAAAAAAAAAAA
ZkIAAHgAAAABAAAA8NkEAHQBAQJxQgAAc2gAAAAAAAAAAAAAAAAAAHFCAAB4AAAAAAEAAAAAAABub2RlAAAAAAAAAAAAAAAAZkIAAHgAAABQ+y
EAdAEBAmZCAABub2RlAAAAAAAAAAAAAAAAZkIAAHgAAAABAAAAAAAAAHNoAAAAAAAAAAAAAAAAAABxQgAAeAAAAIkCAgB3AQEFcUIAAG5vZGUA
AAAAAAAAAAAAAABmQgAAeAAAAAAAAACQDAIAdAEBAnFCAABzaAAAAAAAAAAAAAAAAAAAcUIAAHgAAAAAAQAAAAAAAG5vZGUAAAAAAAAAAAAAAA
BmQgAAeAAAAPCdDgB0AQECZkIAAG5vZGUAAAAAAAAAAAAAAABmQgAAeAAAAAEAAAAAAAAAc2gAAAAAAAAAAAAAAAAAAHFCAAB4AAAAKdYEAHcB
JQRxQgAAbm9kZQAAAAAAAAAAAAAAAGZCAAB4AAAAAAAAAFC0AgB0AQECcUIAAHNoAAAAAAAAAAAAAAAAAABxQgAAeAAAACAAAAAAAAAAbm9kZQ
AAAAAAAAAAAAAAAGZCAAB4AAAAUAMTALsBAABmQgAAAwAAAAAAAAAXAAAAAAAAAAkCAAAAAAAAYP7///////8XAAAAAAAAAFAmtC0AAAAAAQAA
AAAAAACmBQMAugEAAGZCAAADAAAAAAAAAAAAAAAAAAAAkJIAALsBAABmQgAAAwAAAAAAAAAZAAAAAAAAAAlIAAAAAAAAYP7///////8ZAAAAAA
AAAFAmtC0AAAAAAQAAAAAAAADGXwEAugEAAGZCAAADAAAAAAAAAAAAAAAAAAAAEHwAALsBAABmQgAAAwAAAAAAAAAbAAAAAAAAAAlIAAAAAAAA
YP7///////8bAAAAAAAAAFAmtC0AAAAAAQAAAAAAAAAGVwEAugEAAGZCAAADAAAAAAAAAAAAAAAAAAAAUGwBALsBAABmQgAAAwAAAAAAAAATAA
AAAAAAAGAmtC0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUCa0LQAAAABGKwEAugEAAGZCAAADAAAAAAAAAAAAAAAAAAAAUC4AALsBAABm
QgAAAwAAAAAAAAAUAAAAAAAAAAAAAAAAAAAAKfgR+8p/AAAAAAAAAAAAAFAmtC0AAAAAUCa0LQAAAACGAgIAugEAAGZCAAADAAAAAAAAAAAAAA
AAAAAAUHMAALsBAABmQgAAAwAAAAAAAAAVAAAAAAAAAAIAAAAAAAAAMCi0LQAAAAAAAAAAAAAAAFAmtC0AAAAAAAAAAAAAAAAGmAEAugEAAGZC
AAADAAAAAAAAAAAAAAAAAAAA8DAAALsBAABmQgAAAwAAAAAAAAAWAAAAAAAAADAotC0AAAAAKfgR+8p/AAAAAAAAAAAAAAAAAAAAAAAAUCa0LQ
AAAACGoQAAugEAAGZCAAADAAAAAAAAAAAAAAAAAAAAkCoAALsBAABmQgAAAwAAAAAAAAASAAAAAAAAACn4EfvKfwAAKfgR+8p/AAAAAAAAAAAA
AFAmtC0AAAAAUCa0LQAAAADmzwAAugEAAGZCAAADAAAAAAAAAAAAAAAAAAAAKfIEAXcBCQJmQgAAbG9hZAAAAAAAAAAAAAAAADRCAAB4AAAAAA
AAAJC3CQB0AQECZkIAAG5vZGUAAAAAAAAAAAAAAABmQgAAeAAAAAAAAAAAAAAAbG9hZAAAAAAAAAAAAAAAADRCAAB4AAAAzKwGAMwBAQE0QgAA
GH5KAwDJ//+w5EGB/////zyligIkAgAAO6WKAiQCAAAAAAAAAAAAANDqAQB0AQECNEIAAGxvYWQAAAAAAAAAAAAAAAA0QgAAeAAAAAEAAAAAAA
AAbm9kZQAAAAAAAAAAAAAAAGZCAAB4AAAA`,
];

export const TEXT: string = `            node-16653   [000] dNh1.  2353.624025: hrtimer_start: hrtimer=000000008cbb39df function=tick_nohz_handler expires=2353628000000 softexpires=2353628000000 mode=ABS was_armed=0
            node-16653   [000] d..2.  2353.624039: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.624049: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.624064: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.624411: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.624423: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.624428: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d.h2.  2353.624513: sched_waking: comm=load pid=16948 prio=120 target_cpu=000
            node-16653   [000] d..2.  2353.624525: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=load next_pid=16948 next_prio=120
            load-16948   [000] d..1.  2353.624537: hrtimer_start: hrtimer=0000000029e3808f function=hrtimer_wakeup expires=2353634534339 softexpires=2353634534338 mode=ABS was_armed=0
            load-16948   [000] d..2.  2353.624541: sched_switch: prev_comm=load prev_pid=16948 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16943 next_prio=120
            node-16943   [000] d..2.  2353.624547: sched_switch: prev_comm=node prev_pid=16943 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.624605: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.624617: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.624623: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.625087: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.625100: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.625114: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.625172: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16943 next_prio=120
            node-16943   [000] d..5.  2353.625183: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16943   [000] d..2.  2353.625196: sched_switch: prev_comm=node prev_pid=16943 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.625311: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..2.  2353.625322: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.625344: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.625350: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.625362: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.625415: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16943 next_prio=120
            node-16943   [000] d..5.  2353.625426: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16943   [000] d..2.  2353.625439: sched_switch: prev_comm=node prev_pid=16943 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.625588: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.625594: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.625602: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.625652: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.625664: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.625670: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.626090: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16943 next_prio=120
            node-16943   [000] d..5.  2353.626102: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16943   [000] d..2.  2353.626114: sched_switch: prev_comm=node prev_pid=16943 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.626163: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.626169: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.626185: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.626316: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.626327: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.626339: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.626387: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16943 next_prio=120
            node-16943   [000] d..5.  2353.626399: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16943   [000] d..2.  2353.626411: sched_switch: prev_comm=node prev_pid=16943 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.626488: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.626500: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.626506: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.626925: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.626932: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.626937: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.626985: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16943 next_prio=120
            node-16943   [000] d..5.  2353.626997: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16943   [000] d..2.  2353.627010: sched_switch: prev_comm=node prev_pid=16943 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.627086: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.627097: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.627109: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.627159: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.627171: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.627183: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.627291: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16943 next_prio=120
            node-16943   [000] d..2.  2353.627302: sched_switch: prev_comm=node prev_pid=16943 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.627323: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.627329: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.627342: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.627391: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.627402: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.664442: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.664474: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..5.  2353.664480: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.664495: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.664552: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16945 next_prio=120
            node-16945   [000] d..5.  2353.664558: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16945   [000] d..2.  2353.664566: sched_switch: prev_comm=node prev_pid=16945 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d.h2.  2353.664642: sched_waking: comm=load pid=16948 prio=120 target_cpu=000
            node-16653   [000] d..2.  2353.664659: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=load next_pid=16948 next_prio=120
            load-16948   [000] d..1.  2353.664673: hrtimer_start: hrtimer=00000000f9277dd8 function=hrtimer_wakeup expires=2353674669570 softexpires=2353674669569 mode=ABS was_armed=0
            load-16948   [000] d..2.  2353.664676: sched_switch: prev_comm=load prev_pid=16948 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] d..2.  2353.664718: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.664724: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.664730: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16653 next_prio=120
            node-16653   [000] dNh1.  2353.668054: hrtimer_start: hrtimer=000000008cbb39df function=tick_nohz_handler expires=2353672000000 softexpires=2353672000000 mode=ABS was_armed=0
            node-16653   [000] d..2.  2353.668072: sched_switch: prev_comm=node prev_pid=16653 prev_prio=120 prev_state=R ==> next_comm=sync next_pid=17012 next_prio=120
            sync-17012   [000] d..4.  2353.668105: sched_waking: comm=kworker/0:1H pid=58 prio=100 target_cpu=000
            sync-17012   [000] d..2.  2353.668116: sched_switch: prev_comm=sync prev_pid=17012 prev_prio=120 prev_state=D ==> next_comm=kworker/0:1H next_pid=58 next_prio=100
    kworker/0:1H-58      [000] .....  2353.668125: block_rq_issue: 254,0 FF 0 () 0 + 0 none,0,0 [kworker/0:1H]
    kworker/0:1H-58      [000] d..2.  2353.668159: sched_switch: prev_comm=kworker/0:1H prev_pid=58 prev_prio=100 prev_state=I ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..2.  2353.668171: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16944   [000] d..2.  2353.668188: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120
          <idle>-0       [000] d..2.  2353.668295: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=sync next_pid=17012 next_prio=120
            sync-17012   [000] .....  2353.668308: sys_enter: NR 3 (3, 4, 0, 7f646acbc498, 0, 0)
            sync-17012   [000] .....  2353.668314: sys_exit: NR 3 = 0
            sync-17012   [000] .....  2353.668327: sys_enter: NR 3 (1, fbad2004, 7f646ae749e0, 7f646acbbc58, 0, 0)
            sync-17012   [000] .....  2353.668328: sys_exit: NR 3 = 0
            sync-17012   [000] .....  2353.668330: sys_enter: NR 3 (2, fbad2006, 7f646ae749e0, 7f646acbbc58, 0, 0)
            sync-17012   [000] .....  2353.668331: sys_exit: NR 3 = 0
            sync-17012   [000] .....  2353.668355: sched_process_exit: comm=sync pid=17012 prio=120 group_dead=true
            sync-17012   [000] d..2.  2353.668502: sched_switch: prev_comm=sync prev_pid=17012 prev_prio=120 prev_state=R+ ==> next_comm=node next_pid=16945 next_prio=120
            node-16945   [000] d..5.  2353.668521: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16945   [000] d..2.  2353.668534: sched_switch: prev_comm=node prev_pid=16945 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16944 next_prio=120
            node-16944   [000] d..2.  2353.668543: sched_switch: prev_comm=node prev_pid=16944 prev_prio=120 prev_state=S ==> next_comm=sync next_pid=17012 next_prio=120
            sync-17012   [000] dN.4.  2353.668617: sched_waking: comm=sh pid=17010 prio=120 target_cpu=000
            sync-17012   [000] d..2.  2353.668628: sched_switch: prev_comm=sync prev_pid=17012 prev_prio=120 prev_state=Z ==> next_comm=sh next_pid=17010 next_prio=120
              sh-17010   [000] .....  2353.668802: task_newtask: pid=17013 comm=sh clone_flags=1200000 oom_score_adj=0
              sh-17010   [000] .....  2353.668811: sched_process_fork: comm=sh pid=17010 child_comm=sh child_pid=17013
              sh-17010   [000] d..2.  2353.668865: sched_switch: prev_comm=sh prev_pid=17010 prev_prio=120 prev_state=S ==> next_comm=sh next_pid=17013 next_prio=120
              sh-17013   [000] d..2.  2353.668933: sched_switch: prev_comm=sh prev_pid=17013 prev_prio=120 prev_state=R ==> next_comm=node next_pid=16946 next_prio=120
            node-16946   [000] d..5.  2353.668961: sched_waking: comm=node pid=16936 prio=120 target_cpu=001
            node-16946   [000] d..2.  2353.668973: sched_switch: prev_comm=node prev_pid=16946 prev_prio=120 prev_state=S ==> next_comm=sh next_pid=17013 next_prio=120
              sh-17013   [000] .....  2353.669009: sys_enter: NR 257 (ffffff9c, 55b822a39d90, 241, 1b6, 15, 1)
              sh-17013   [000] .....  2353.669031: sys_exit: NR 257 = -2
              sh-17013   [000] .....  2353.669092: sched_process_exit: comm=sh pid=17013 prio=120 group_dead=true
              sh-17013   [000] dN.4.  2353.669191: sched_waking: comm=sh pid=17010 prio=120 target_cpu=000
              sh-17013   [000] d..2.  2353.669200: sched_switch: prev_comm=sh prev_pid=17013 prev_prio=120 prev_state=Z ==> next_comm=sh next_pid=17010 next_prio=120
              sh-17010   [000] .....  2353.669264: task_newtask: pid=17014 comm=sh clone_flags=4100 oom_score_adj=0
              sh-17010   [000] .....  2353.669268: sched_process_fork: comm=sh pid=17010 child_comm=sh child_pid=17014
              sh-17010   [000] d..2.  2353.669275: sched_switch: prev_comm=sh prev_pid=17010 prev_prio=120 prev_state=D ==> next_comm=sh next_pid=17014 next_prio=120
            true-17014   [000] d..4.  2353.669354: sched_waking: comm=sh pid=17010 prio=120 target_cpu=000
            true-17014   [000] d..2.  2353.669374: sched_switch: prev_comm=true prev_pid=17014 prev_prio=120 prev_state=R+ ==> next_comm=sh next_pid=17010 next_prio=120
              sh-17010   [000] d..2.  2353.669381: sched_switch: prev_comm=sh prev_pid=17010 prev_prio=120 prev_state=S ==> next_comm=true next_pid=17014 next_prio=120
            true-17014   [000] .....  2353.669465: sched_process_exec: filename=/bin/true pid=17014 old_pid=17014
            true-17014   [000] .....  2353.669787: sys_enter: NR 257 (ffffff9c, 7fc18e3190b1, 80000, 0, 0, 55abe2d45ada)
            true-17014   [000] .....  2353.669794: sys_exit: NR 257 = 3
            true-17014   [000] .....  2353.669803: sys_enter: NR 3 (3, a19f, 1, 2, 3, 0)
            true-17014   [000] .....  2353.669805: sys_exit: NR 3 = 0
            true-17014   [000] .....  2353.669814: sys_enter: NR 257 (ffffff9c, 7fc18e2e61e0, 80000, 0, 7ffc21e69fd7, 0)
            true-17014   [000] .....  2353.669818: sys_exit: NR 257 = 3
            true-17014   [000] .....  2353.669872: sys_enter: NR 3 (3, 7fc18e0f9368, 0, ffff803e71f06cbc, c0008002, 20)
            true-17014   [000] .....  2353.669872: sys_exit: NR 3 = 0
            true-17014   [000] .....  2353.670099: sched_process_exit: comm=true pid=17014 prio=120 group_dead=true
            true-17014   [000] dN.4.  2353.670185: sched_waking: comm=sh pid=17010 prio=120 target_cpu=000
            true-17014   [000] d..2.  2353.670195: sched_switch: prev_comm=true prev_pid=17014 prev_prio=120 prev_state=Z ==> next_comm=sh next_pid=17010 next_prio=120
              sh-17010   [000] .....  2353.670227: sched_process_exit: comm=sh pid=17010 prio=120 group_dead=true
              sh-17010   [000] dN.4.  2353.670323: sched_waking: comm=sh pid=17009 prio=120 target_cpu=001
              sh-17010   [000] d..2.  2353.670334: sched_switch: prev_comm=sh prev_pid=17010 prev_prio=120 prev_state=Z ==> next_comm=sh next_pid=17009 next_prio=120
              sh-17009   [000] .....  2353.670374: sys_enter: NR 3 (a, 2, 0, 0, 0, 0)
              sh-17009   [000] .....  2353.670375: sys_exit: NR 3 = 0
              sh-17009   [000] .....  2353.670411: task_newtask: pid=17015 comm=sh clone_flags=4100 oom_score_adj=0
              sh-17009   [000] .....  2353.670416: sched_process_fork: comm=sh pid=17009 child_comm=sh child_pid=17015
              sh-17009   [000] d..2.  2353.670424: sched_switch: prev_comm=sh prev_pid=17009 prev_prio=120 prev_state=D ==> next_comm=sh next_pid=17015 next_prio=120
            bash-17015   [000] d..4.  2353.670489: sched_waking: comm=sh pid=17009 prio=120 target_cpu=000
            bash-17015   [000] d..2.  2353.670506: sched_switch: prev_comm=taskset prev_pid=17015 prev_prio=120 prev_state=R+ ==> next_comm=sh next_pid=17009 next_prio=120
            bash-17015   [000] .....  2353.673116: sys_enter: NR 257 (ffffff9c, 55ea2cc8c450, 80000, 0, 7, 55ea2cc8b470)
            bash-17015   [000] .....  2353.673118: sys_exit: NR 257 = 3
            bash-17015   [000] .....  2353.673119: sys_enter: NR 3 (3, 7f0be38b1dd5, 7fffe130ea60, 1000, 7, 55ea2cc8b470)
            bash-17015   [000] .....  2353.673121: sys_exit: NR 3 = 0
            bash-17015   [000] .....  2353.673121: sys_enter: NR 257 (ffffff9c, 7fffe130ea10, 80000, 0, 53454741535345, 55ea2cc8b470)
            bash-17015   [000] .....  2353.673123: sys_exit: NR 257 = 3
            bash-17015   [000] .....  2353.673128: sys_enter: NR 3 (3, 30, 1, 2, 3, 0)
            bash-17015   [000] .....  2353.673128: sys_exit: NR 3 = 0
            bash-17015   [000] .....  2353.673131: sys_enter: NR 257 (ffffff9c, 55ea2cc8c4c0, 80000, 0, 7, 55ea2cc8c560)
            bash-17015   [000] .....  2353.673132: sys_exit: NR 257 = -2
            bash-17015   [000] .....  2353.673133: sys_enter: NR 257 (ffffff9c, 55ea2cc8c6c0, 80000, 0, 7, 55ea2cc8c560)
            bash-17015   [000] .....  2353.673135: sys_exit: NR 257 = 3
            bash-17015   [000] .....  2353.673138: sys_enter: NR 3 (3, 10e, 1, 2, 3, 0)
            bash-17015   [000] .....  2353.673139: sys_exit: NR 3 = 0
            bash-17015   [000] .....  2353.673142: sys_enter: NR 257 (ffffff9c, 55ea2cc8c9a0, 80000, 0, 7, 55ea2cc8c930)
            bash-17015   [000] .....  2353.673143: sys_exit: NR 257 = -2
            bash-17015   [000] .....  2353.673144: sys_enter: NR 257 (ffffff9c, 55ea2cc8ca80, 80000, 0, 7, 55ea2cc8c930)
            bash-17015   [000] .....  2353.673145: sys_exit: NR 257 = 3
            bash-17015   [000] .....  2353.673149: sys_enter: NR 3 (3, 57e, 1, 2, 3, 0)
            bash-17015   [000] .....  2353.673149: sys_exit: NR 3 = 0
            bash-17015   [000] .....  2353.673152: sys_enter: NR 257 (ffffff9c, 55ea2cc8cc90, 80000, 0, 7, 55ea2cc8cc20)
            bash-17015   [000] .....  2353.673154: sys_exit: NR 257 = -2
            bash-17015   [000] .....  2353.673154: sys_enter: NR 257 (ffffff9c, 55ea2cc8cd70, 80000, 0, 7, 55ea2cc8cc20)
            bash-17015   [000] .....  2353.673156: sys_exit: NR 257 = 3
            bash-17015   [000] .....  2353.673159: sys_enter: NR 3 (3, d20, 1, 2, 3, 0)
            bash-17015   [000] .....  2353.673160: sys_exit: NR 3 = 0
            bash-17015   [000] .....  2353.673165: sys_enter: NR 257 (ffffff9c, 55ea2cc8d3e0, 80000, 0, 7, 55ea2cc8d370)
            bash-17015   [000] .....  2353.673166: sys_exit: NR 257 = -2
            bash-17015   [000] .....  2353.673167: sys_enter: NR 257 (ffffff9c, 55ea2cc8d4c0, 80000, 0, 7, 55ea2cc8d370)
            bash-17015   [000] .....  2353.673169: sys_exit: NR 257 = 3
            bash-17015   [000] .....  2353.673172: sys_enter: NR 3 (3, 32, 1, 2, 3, 0)
            bash-17015   [000] .....  2353.673173: sys_exit: NR 3 = 0
            bash-17015   [000] .....  2353.673175: sys_enter: NR 257 (ffffff9c, 55ea2cc8d660, 80000, 0, 7, 55ea2cc8d5f0)
            bash-17015   [000] .....  2353.673177: sys_exit: NR 257 = -2
            bash-17015   [000] .....  2353.673177: sys_enter: NR 257 (ffffff9c, 55ea2cc8d740, 80000, 0, 7, 55ea2cc8d5f0)
            bash-17015   [000] .....  2353.673179: sys_exit: NR 257 = 3
            bash-17015   [000] .....  2353.673182: sys_enter: NR 3 (3, 56550, 1, 2, 3, 0)
            bash-17015   [000] .....  2353.673182: sys_exit: NR 3 = 0
            bash-17015   [000] d..2.  2353.673460: sched_switch: prev_comm=bash prev_pid=17015 prev_prio=120 prev_state=R ==> next_comm=memfd:sealed-91 next_pid=21847 next_prio=120
 memfd:sealed-91-21847   [000] d..1.  2353.673492: hrtimer_start: hrtimer=000000008fe385cc function=hrtimer_wakeup expires=2353723538933 softexpires=2353723488933 mode=ABS was_armed=0
 memfd:sealed-91-21847   [000] d..2.  2353.673496: sched_switch: prev_comm=memfd:sealed-91 prev_pid=21847 prev_prio=120 prev_state=S ==> next_comm=bash next_pid=17015 next_prio=120
            bash-17015   [000] .....  2353.673554: sys_enter: NR 3 (3, 1, 0, aee22516b5298cb7, 0, 55ea2cc9d4a0)
            bash-17015   [000] .....  2353.673554: sys_exit: NR 3 = 0
            bash-17015   [000] b....  2353.673577: net_dev_xmit: dev=lo skbaddr=000000009e0d34ff len=45 rc=0
            bash-17015   [000] ..s1.  2353.673579: softirq_entry: vec=3 [action=NET_RX]
            bash-17015   [000] ..s1.  2353.673581: netif_receive_skb: dev=lo skbaddr=000000009e0d34ff len=31
            bash-17015   [000] b.s2.  2353.673592: net_dev_xmit: dev=lo skbaddr=00000000e8011a10 len=73 rc=0
            bash-17015   [000] ..s1.  2353.673594: kfree_skb: skbaddr=000000009e0d34ff rx_sk=0000000000000000 protocol=2048 location=__udp4_lib_rcv+0x4bc/0xd00 reason: NO_SOCKET
            bash-17015   [000] ..s1.  2353.673595: netif_receive_skb: dev=lo skbaddr=00000000e8011a10 len=59
            bash-17015   [000] .....  2353.673612: sys_enter: NR 3 (a, 1, ffffffff, 1000, 7f0be38eec68, 0)
            bash-17015   [000] .....  2353.673613: sys_exit: NR 3 = 0
            bash-17015   [000] .....  2353.673636: sched_process_exit: comm=bash pid=17015 prio=120 group_dead=true
            bash-17015   [000] dN.4.  2353.673786: sched_waking: comm=sh pid=17009 prio=120 target_cpu=000
            bash-17015   [000] d..2.  2353.673795: sched_switch: prev_comm=bash prev_pid=17015 prev_prio=120 prev_state=Z ==> next_comm=sh next_pid=17009 next_prio=120
              sh-17009   [000] .....  2353.673832: sched_process_exit: comm=sh pid=17009 prio=120 group_dead=true
              sh-17009   [000] d..5.  2353.673950: sched_waking: comm=node pid=16998 prio=120 target_cpu=001
              sh-17009   [000] d..2.  2353.673960: sched_switch: prev_comm=sh prev_pid=17009 prev_prio=120 prev_state=R+ ==> next_comm=node next_pid=16998 next_prio=120
            node-16998   [000] d..2.  2353.674030: sched_switch: prev_comm=node prev_pid=16998 prev_prio=120 prev_state=S ==> next_comm=sh next_pid=17009 next_prio=120
              sh-17009   [000] d..5.  2353.674034: sched_waking: comm=node pid=16998 prio=120 target_cpu=000
              sh-17009   [000] d..2.  2353.674038: sched_switch: prev_comm=sh prev_pid=17009 prev_prio=120 prev_state=R+ ==> next_comm=node next_pid=16998 next_prio=120
            node-16998   [000] d..2.  2353.674068: sched_switch: prev_comm=node prev_pid=16998 prev_prio=120 prev_state=S ==> next_comm=sh next_pid=17009 next_prio=120
              sh-17009   [000] dN.4.  2353.674078: sched_waking: comm=node pid=16998 prio=120 target_cpu=000
              sh-17009   [000] d..2.  2353.674084: sched_switch: prev_comm=sh prev_pid=17009 prev_prio=120 prev_state=Z ==> next_comm=node next_pid=16998 next_prio=120
            node-16998   [000] .....  2353.674122: sys_enter: NR 3 (17, 209, fffffffffffffe60, 17, 2db42650, 1)
            node-16998   [000] .....  2353.674129: sys_exit: NR 3 = 0
            node-16998   [000] .....  2353.674130: sys_enter: NR 3 (19, 4809, fffffffffffffe60, 19, 2db42650, 1)
            node-16998   [000] .....  2353.674133: sys_exit: NR 3 = 0
            node-16998   [000] .....  2353.674134: sys_enter: NR 3 (1b, 4809, fffffffffffffe60, 1b, 2db42650, 1)
            node-16998   [000] .....  2353.674136: sys_exit: NR 3 = 0
            node-16998   [000] .....  2353.674139: sys_enter: NR 3 (13, 2db42660, 0, 0, 0, 2db42650)
            node-16998   [000] .....  2353.674142: sys_exit: NR 3 = 0
            node-16998   [000] .....  2353.674142: sys_enter: NR 3 (14, 0, 7fcafb11f829, 0, 2db42650, 2db42650)
            node-16998   [000] .....  2353.674146: sys_exit: NR 3 = 0
            node-16998   [000] .....  2353.674147: sys_enter: NR 3 (15, 2, 2db42830, 0, 2db42650, 0)
            node-16998   [000] .....  2353.674150: sys_exit: NR 3 = 0
            node-16998   [000] .....  2353.674151: sys_enter: NR 3 (16, 2db42830, 7fcafb11f829, 0, 0, 2db42650)
            node-16998   [000] .....  2353.674152: sys_exit: NR 3 = 0
            node-16998   [000] .....  2353.674152: sys_enter: NR 3 (12, 7fcafb11f829, 7fcafb11f829, 0, 2db42650, 2db42650)
            node-16998   [000] .....  2353.674154: sys_exit: NR 3 = 0
            node-16998   [000] d.h2.  2353.674688: sched_waking: comm=load pid=16948 prio=120 target_cpu=000
            node-16998   [000] d..2.  2353.674708: sched_switch: prev_comm=node prev_pid=16998 prev_prio=120 prev_state=R ==> next_comm=load next_pid=16948 next_prio=120
            load-16948   [000] d..1.  2353.674722: hrtimer_start: hrtimer=00000000876da3be function=hrtimer_wakeup expires=2353684718908 softexpires=2353684718907 mode=ABS was_armed=0
            load-16948   [000] d..2.  2353.674726: sched_switch: prev_comm=load prev_pid=16948 prev_prio=120 prev_state=S ==> next_comm=node next_pid=16998 next_prio=120`;

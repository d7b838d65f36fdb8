/** Where the package keeps its BPF objects: dist/bpf, beside dist/kernel. */
import { fileURLToPath } from 'node:url';

export const OBJECT_FOLDER: string = fileURLToPath(new URL('../bpf', import.meta.url));

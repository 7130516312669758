// Package measure is what the benchmarks of mask and scan share: a clock of
// processor time, and something to work on.
package measure

import "time"

// CPU is the processor time that this process has used, or 0 where the system
// does not tell. On a machine that others use too, the clock says less.
func CPU() time.Duration { return read(false) }

// ChildrenCPU is the CPU time of the programs that this process ran and that have
// ended.
func ChildrenCPU() time.Duration { return read(true) }

package scan

import "time"

// ProcessTime and ChildrenTime are processor times, for benchmarks.
func ProcessTime() time.Duration  { return processTime() }
func ChildrenTime() time.Duration { return childrenTime() }

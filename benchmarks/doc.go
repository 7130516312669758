// Package benchmarks measures secretmux beside its peers, all in one run on one
// machine, because a figure from another machine compares with nothing.
//
//	cd benchmarks && go test -bench .
//
// prints the tables and says of each figure that the design promises whether it
// held. Counts, such as backend calls, are asserted by tests; times are only
// printed. README.md says how to read them.
//
// It is a module of its own, outside of the repository's workspace, because it
// compiles the peers.
package benchmarks

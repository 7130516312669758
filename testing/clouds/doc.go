// Package clouds has the tests that need more than one cloud backend: chains across
// them, and rules that hold for each of them. It exports nothing.
//
// It is a module of its own because it requires every provider module. The
// programs below footprint link one backend each; footprint/measure builds them
// and prints the table of docs/backends/footprint.md.
package clouds

// Package house_test checks how this repository is built: its modules, layers, sizes
// and names, and that its sentences are plain.
package house_test

import "testing"

// inRoot runs a test in the root of the repository. A TestMain that went there would
// do so before the testing package notes which files a test reads, and go test would
// take results for current that are not.
func inRoot(t *testing.T) {
	t.Helper()
	t.Chdir("../..")
}

// Package house_test checks how this repository is built: its modules, layers, sizes
// and names, and that its sentences are plain.
package house_test

import (
	"log"
	"os"
	"testing"
)

// The tests read the whole tree, so they run in its root.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		log.Fatal(err)
	}
	os.Exit(m.Run())
}

package cli

import (
	"os"
)

// checkPath refuses what is not a folder, before a store is asked.
func (f *scanFlags) checkPath() error {
	if f.stdin {
		return nil
	}
	info, err := os.Stat(f.path)
	switch {
	case err != nil:
		return usage("the folder to scan can't be opened: "+reason(err), "name a folder that exists; without one it is the one you are in")
	case !info.IsDir():
		return usage("what is to be scanned is a file, and scan takes a folder", "secretmux scan - <FILE reads one file")
	}
	return nil
}

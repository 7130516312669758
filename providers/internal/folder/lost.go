package folder

import (
	"errors"
	"io/fs"
	"os"
	"path"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// past is what is known of the folder from earlier calls.
type past struct {
	seen bool // it was there once
	// read says that a secret was read from it, when it was info, on device, and, as
	// volume says, had a ..data.
	read   bool
	info   fs.FileInfo
	device string
	volume bool
}

// lostError says that the folder is there without what was mounted on it. Then
// nothing is known about its secrets, and none of them is provably absent.
type lostError struct{ problem string }

func (e *lostError) Error() string { return e.problem }

var (
	errOtherDevice = &lostError{"the folder is on another device than before, as after an unmount"}
	errOtherFolder = &lostError{"the folder is empty and is not the one that was read before, as after an unmount"}
	errDataGone    = &lostError{"the folder has no ..data any more, as after an unmount"}
	errDataBroken  = &lostError{"the ..data of the folder leads to nothing"}
)

// gone is the error for a folder that does not exist.
func (f *Folder) gone(dir string) error {
	return place.Gone("folder", dir, place.Absence(f.Missing, f.Late, f.known().seen))
}

func (f *Folder) known() past {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.past
}

func (f *Folder) saw() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.past.seen = true
}

// conclude judges the answers of one view: what is absent from a folder that lost
// its mount is not absent. It judges by what was known before this view, so that
// the order of the names does not count, and then learns from it.
func (f *Folder) conclude(v *view, paths []string, answers []Answer, asked []int) {
	before, read := f.known(), false
	for _, i := range asked {
		switch err := answers[i].Err; {
		case err == nil:
			read = true
		case absent(err):
			if lost := f.lost(v, before, paths[i]); lost != nil {
				answers[i].Err = lost
			}
		}
	}
	if !read {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.past.read, f.past.info, f.past.device, f.past.volume = true, v.info, v.device, v.generation != ""
}

// lost returns why the absence of name proves nothing, and nil where it does.
func (f *Folder) lost(v *view, before past, name string) error {
	if errors.Is(f.Missing, secretmux.ErrNotFound) {
		return nil
	}
	if err := v.moved(before); err != nil {
		return err
	}
	if v.generation == "" && v.throughData(name) {
		return errDataGone
	}
	return nil
}

// moved returns in which way the folder is not the one that a secret was read
// from, nil where it is, or where none was read.
func (v *view) moved(before past) error {
	if v.generation != "" {
		if _, err := v.root.Stat(path.Join(v.base, data)); errors.Is(err, fs.ErrNotExist) {
			return errDataBroken
		}
	}
	switch {
	case !before.read:
		return nil
	case before.device != v.device:
		return errOtherDevice
	case before.volume && v.generation == "":
		return errDataGone
	case !os.SameFile(before.info, v.info) && v.empty():
		return errOtherFolder // a bind mount may be on the device of what is below it
	}
	return nil
}

// emptied returns the error for a folder that lost its mount and has nothing in
// it. One that has something may be another mount at the same place.
func (f *Folder) emptied(v *view) error {
	if errors.Is(f.Missing, secretmux.ErrNotFound) || !v.empty() {
		return nil
	}
	return v.moved(f.known())
}

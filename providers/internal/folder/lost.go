package folder

import (
	"errors"
	"io/fs"
	"os"
	"path"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// past is the knowledge about the folder from earlier calls.
type past struct {
	seen bool // the folder has existed
	// read says that a secret was read from the folder. At that time the folder was
	// info, on device, and volume says whether it had a ..data.
	read   bool
	info   fs.FileInfo
	device string
	volume bool
}

// lostError says that the folder exists without the volume that was mounted on it.
// Then nothing is known about its secrets, and none of them is provably absent.
type lostError struct{ problem string }

func (e *lostError) Error() string { return e.problem }

var (
	errOtherDevice = &lostError{"the folder is on another device than before, so it was probably unmounted"}
	errOtherFolder = &lostError{"the folder is empty and is not the folder that was read before, so it was probably unmounted"}
	errDataGone    = &lostError{"the folder has no ..data any more, so it was probably unmounted"}
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

// conclude judges the answers of one view. If the folder lost its mount, a file that
// it lacks is not absent. conclude judges by the knowledge from before this view, so
// that the order of the names does not matter, and then learns from the view.
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

// lost returns why the absence of name proves nothing. It returns nil if the absence
// counts.
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

// moved says how the folder differs from the folder that a secret was read from. It
// returns nil if it is the same folder, or if no secret was read before.
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
		return errOtherFolder // a bind mount may be on the device of the folder below it
	}
	return nil
}

// emptied returns the error for a folder that lost its mount and is empty. If it is
// not empty, it may be another mount at the same place.
func (f *Folder) emptied(v *view) error {
	if errors.Is(f.Missing, secretmux.ErrNotFound) || !v.empty() {
		return nil
	}
	return v.moved(f.known())
}

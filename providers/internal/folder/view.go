package folder

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// data is the symbolic link to the current generation of a Kubernetes volume. Every
// file of the volume is a link to a file below it, and an update is one rename onto
// it (kubernetes/kubernetes, pkg/volume/util/atomic_writer.go).
const data = "..data"

// view is the folder during one call.
type view struct {
	dir  string
	root *os.Root
	// base is the path of the folder below root: "." unless root is its parent, whose
	// path is then in parent.
	base, parent string
	// generation is the directory that ..data led to when the folder was opened. It
	// is empty if there was none.
	generation string
	// info is the folder itself. device is its file system, or empty if that is
	// unknown.
	info   fs.FileInfo
	device string
}

// current returns the directory that ..data leads to, or an empty string if there is
// no ..data. If the link leads out of the folder, it is refused when a file is opened
// below it.
func (v *view) current() string {
	target, err := v.root.Readlink(path.Join(v.base, data))
	if err != nil {
		return ""
	}
	return filepath.ToSlash(target)
}

// changed reports whether the folder has changed since it was opened.
func (v *view) changed() bool {
	now, err := os.Stat(v.dir)
	return err != nil || !os.SameFile(v.info, now) || v.current() != v.generation
}

// resolve returns the path below the root of the file that name leads to: within the
// generation, if the file is there. The files of a generation are complete before
// ..data leads to them.
func (v *view) resolve(name string) (file string, atomic bool) {
	plain := path.Join(v.base, name)
	first, rest, _ := strings.Cut(name, "/")
	target, err := v.root.Readlink(path.Join(v.base, first))
	if err != nil {
		return plain, false
	}
	if v.parent != "" {
		if inside, ok := below(v.parent, target, runtime.GOOS); ok {
			return path.Join(inside, rest), false
		}
	}
	inside, ok := strings.CutPrefix(filepath.ToSlash(target), data+"/")
	if !ok || v.generation == "" || !filepath.IsLocal(inside) {
		return plain, false
	}
	return path.Join(v.base, v.generation, inside, rest), true
}

// throughData reports whether the entry that name begins with belongs to a Kubernetes
// volume: it is a link to a file below ..data.
func (v *view) throughData(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	target, err := v.root.Readlink(path.Join(v.base, first))
	return err == nil && strings.HasPrefix(filepath.ToSlash(target), data+"/")
}

// probe reads one entry of the folder.
func (v *view) probe() error {
	d, err := v.root.OpenFile(v.base, steady.Flags, 0)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if _, err = d.Readdirnames(1); errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// empty reports whether the folder has no visible entry. A folder that can't be read
// does not count as empty.
func (v *view) empty() bool {
	d, err := v.root.OpenFile(v.base, steady.Flags, 0)
	if err != nil {
		return false
	}
	defer func() { _ = d.Close() }()
	for {
		names, err := d.Readdirnames(16)
		for _, name := range names {
			if !hidden(name) {
				return false
			}
		}
		if err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

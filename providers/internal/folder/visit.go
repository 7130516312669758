package folder

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// maxSwaps is how often a folder may change during one call.
const maxSwaps = 4

// visit opens the folder for look. If look has missed a file, and the folder has
// changed in the meantime, the change may be the reason: the old generation is
// removed while paths still lead through it. Then look is called again. done is
// called once with the last view, which is still open.
func (f *Folder) visit(ctx context.Context, look func(*view) (missed bool), done func(*view)) error {
	dir, err := f.Dir()
	if err != nil {
		return err
	}
	for range maxSwaps {
		if err := ctx.Err(); err != nil {
			return err
		}
		v, err := f.open(dir)
		if err != nil {
			return err
		}
		again := look(v) && v.changed()
		if !again {
			done(v)
		}
		_ = v.root.Close() // nothing was written that closing could lose
		if !again {
			return nil
		}
	}
	return steady.ErrChanging
}

func (f *Folder) open(dir string) (*view, error) {
	// Opening a pipe as a root would wait for a writer.
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, f.gone(dir)
	case errors.Is(err, syscall.ENOTDIR), err == nil && !info.IsDir():
		return nil, place.ErrNotFolder
	case err != nil:
		return nil, err
	}
	v := &view{dir: dir, base: "."}
	at := dir
	if f.Above {
		if v.parent, v.base, err = split(dir); err != nil {
			return nil, err
		}
		at = v.parent
	}
	if v.root, err = os.OpenRoot(at); err == nil {
		if v.info, err = v.root.Stat(v.base); err != nil {
			_ = v.root.Close()
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, f.gone(dir) // it was removed between the two looks
	case err != nil:
		return nil, err
	}
	v.generation, v.device = v.current(), device(v)
	f.saw()
	return v, nil
}

// split divides the path of a folder into the path of its parent and its name there.
func split(dir string) (parent, name string, err error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	return filepath.Dir(full), filepath.Base(full), nil
}

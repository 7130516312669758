package age

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age/internal/fault"
	"github.com/secretmux/secretmux/providers/age/internal/sops"
)

// change reads the file, changes it, and writes it.
func (e *Editor) change(ctx context.Context, op, name string, edit func(document) (bool, error)) error {
	if name != "" {
		if err := secretmux.ValidateName(name); err != nil {
			return err
		}
	}
	return e.update(ctx, op, name, nil, false, edit)
}

// update locks the file, changes it, and writes it if edit says that something changed.
// If pinned is true, the file must have the content of base.
func (e *Editor) update(ctx context.Context, op, name string, base []byte, pinned bool, edit func(document) (bool, error)) error {
	path, err := resolve(e.opts.Path)
	if err != nil {
		return e.opts.fail(op, name, err)
	}
	unlock, err := lock(ctx, filepath.Dir(path))
	if err != nil {
		return e.opts.fail(op, name, err)
	}
	defer unlock()
	return e.opts.fail(op, name, e.locked(ctx, path, base, pinned, edit))
}

func (e *Editor) locked(ctx context.Context, path string, base []byte, pinned bool, edit func(document) (bool, error)) error {
	data, d, err := e.load(ctx)
	if err != nil {
		return err
	}
	if pinned && (!bytes.Equal(data, base) || (data == nil) != (base == nil)) {
		return errChangedMeanwhile
	}
	changed, err := edit(d)
	if err != nil || !changed {
		return err
	}
	out, err := d.encode(e.now())
	if err != nil {
		return err
	}
	if whole, ok := d.(*wholeFile); ok && !bytes.Equal(whole.listText(), whole.list) {
		// The list is written first. After a crash between the two writes, the next
		// change must not encrypt for a reader that was removed.
		if err := e.write(e.opts.Path+recipientsSuffix, whole.listText(), nil); err != nil {
			return err
		}
	}
	return e.write(path, out, func() bool {
		now, err := readFile(path)
		return bytes.Equal(now, data) && (err == nil) == (data != nil)
	})
}

var errChangedMeanwhile = &secretmux.Error{Op: "save", Class: secretmux.ErrInvalid, Err: ErrChanged, Hint: "read the file again and repeat the change"}

// resolve follows links, so that a link stays a link. A file that does not exist is its
// own result.
func resolve(path string) (string, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	return target, err
}

// write replaces the file at path by content, completely or not at all. unchanged is
// called last, unless it is nil.
func (e *Editor) write(path string, content []byte, unchanged func() bool) (err error) {
	dir, base := filepath.Split(path)
	temp := filepath.Join(dir, "."+base+"."+rand.Text()[:8]+".tmp")
	if err = e.step("write"); err != nil {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // its content is encrypted or public
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp)
		}
	}()
	if err = e.fill(f, path, content); err != nil {
		return err
	}
	if unchanged != nil && !unchanged() {
		return errChangedMeanwhile
	}
	if err = e.step("rename"); err != nil {
		return err
	}
	if err = os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// fill writes the content with the mode of the file at path, and waits until the disk
// has it.
func (e *Editor) fill(f *os.File, path string, content []byte) error {
	_, err := f.Write(content)
	if info, failed := os.Stat(path); err == nil && failed == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = e.step("sync")
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// listed returns the recipients without decrypting the file.
func (e *Editor) listed(ctx context.Context) ([]string, error) {
	if e.opts.Kind == Age {
		_, d, err := e.load(ctx)
		if err != nil {
			return nil, err
		}
		return d.recipients(), nil
	}
	return settle(ctx, e.opts.Path, func(data []byte) ([]string, error) {
		if isJSON(data) {
			file, err := sops.ParseJSON(data)
			if err != nil {
				return nil, err
			}
			return (&sopsFile{file: &sops.Dotenv{Metadata: file.Metadata}}).recipients(), nil
		}
		file, err := sops.ParseDotenv(data)
		if err != nil {
			return nil, err
		}
		return (&sopsFile{file: file}).recipients(), nil
	})
}

var errLocked = &fault.Error{Class: secretmux.ErrUnavailable, Problem: "another process is changing a file in this folder", Hint: "wait until it has finished, or end it"}

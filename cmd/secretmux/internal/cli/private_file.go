package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// writePrivate writes a file that only its owner may read. A reader of path sees
// either the old content or the new one, never a part. The error does not quote the
// path, because it may be a value that was typed in the wrong place.
func writePrivate(path string, data []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return usage("the path to write to is not a regular file", "name a file that may be replaced")
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".secretmux-*") // 0600
	if err != nil {
		return usage("the file can't be written: "+reason(err), "name one in a folder where you may write")
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return usage("the file can't be written: "+reason(err), "name one in a folder where you may write")
	}
	return nil
}

// reason returns the system's reason for an error, without the path.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err.Error()
	}
	return "the system refused"
}

package cli

import (
	"os"
	"path/filepath"
	"strconv"
)

// secretFiles are the files of --file.
type secretFiles struct {
	memory bool       // sealed memory instead of a folder
	inPath bool       // with --exec: this process keeps the descriptors
	folder string     // empty until the first file
	open   []*os.File // the sealed memory, in the order of the descriptors from 3 on
}

// newSecretFiles returns the files of one command.
func newSecretFiles(o *runOptions) *secretFiles {
	return &secretFiles{memory: o.memfd(), inPath: o.exec}
}

// firstExtra is the first descriptor after the standard streams that a child gets.
const firstExtra = 3

// write makes or replaces the file of a variable and returns its path.
func (f *secretFiles) write(name string, value []byte) (string, error) {
	if f.memory {
		file, err := sealedMemory(name, value, f.inPath)
		if err != nil {
			return "", notStarted(usage("the system refused memory for --file-mode memfd: "+reason(err), "leave --file-mode out"))
		}
		f.open = append(f.open, file)
		number := firstExtra + len(f.open) - 1
		if f.inPath {
			number = int(file.Fd())
		}
		return "/proc/self/fd/" + strconv.Itoa(number), nil
	}
	if f.folder == "" {
		folder, err := os.MkdirTemp(privateFolder(), "secretmux-*") // 0700
		if err != nil {
			return "", notStarted(usage("a folder for --file can't be created: "+reason(err), "set TMPDIR to a folder that you may write to"))
		}
		f.folder = folder
	}
	path := filepath.Join(f.folder, name)
	if err := writePrivate(path, value); err != nil {
		return "", notStarted(err)
	}
	return path, nil
}

// privateFolder returns the user's folder in memory, if the system has one.
func privateFolder() string {
	folder := os.Getenv("XDG_RUNTIME_DIR")
	if info, err := os.Stat(folder); err == nil && info.IsDir() && filepath.IsAbs(folder) { //nolint:gosec // the variable is the user's own
		return folder
	}
	return os.TempDir()
}

// renew drops the sealed memory of a command that ended. Files in a folder stay,
// and write replaces them one by one.
func (f *secretFiles) renew() {
	for _, file := range f.open {
		_ = file.Close()
	}
	f.open = nil
}

// remove removes all files.
func (f *secretFiles) remove() {
	f.renew()
	if f.folder != "" {
		_ = os.RemoveAll(f.folder)
	}
}

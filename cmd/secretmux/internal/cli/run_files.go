package cli

import (
	"os"
	"path/filepath"
	"strconv"
)

// secretFiles are the files of --file.
type secretFiles struct {
	memory bool       // sealed memory instead of a folder
	inPath bool       // the process itself keeps the descriptors, for --exec
	folder string     // empty until the first file
	open   []*os.File // the memory, in the order of descriptors from 3 on
}

// newSecretFiles is for one command.
func newSecretFiles(o *runOptions) *secretFiles {
	return &secretFiles{memory: o.memfd(), inPath: o.exec}
}

// firstExtra is the descriptor of the first file that a child is handed.
const firstExtra = 3

// write makes or replaces the file of a variable and returns its path.
func (f *secretFiles) write(name string, value []byte) (string, error) {
	if f.memory {
		file, err := sealedMemory(name, value, f.inPath)
		if err != nil {
			return "", notStarted(usage("the memory of --file-mode memfd can't be had: "+reason(err), "leave --file-mode out"))
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
			return "", notStarted(usage("the folder for --file can't be made: "+reason(err), "set TMPDIR to one that can be written"))
		}
		f.folder = folder
	}
	path := filepath.Join(f.folder, name)
	if err := writePrivate(path, value); err != nil {
		return "", notStarted(err)
	}
	return path, nil
}

// privateFolder is in memory where the system has such a folder for each user.
func privateFolder() string {
	folder := os.Getenv("XDG_RUNTIME_DIR")
	if info, err := os.Stat(folder); err == nil && info.IsDir() && filepath.IsAbs(folder) { //nolint:gosec // the user's own folder
		return folder
	}
	return os.TempDir()
}

// renew forgets the memory of a command that ended. Files of a folder are
// replaced one by one.
func (f *secretFiles) renew() {
	for _, file := range f.open {
		_ = file.Close()
	}
	f.open = nil
}

// remove removes everything.
func (f *secretFiles) remove() {
	f.renew()
	if f.folder != "" {
		_ = os.RemoveAll(f.folder)
	}
}

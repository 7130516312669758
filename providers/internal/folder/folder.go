// Package folder reads secrets from a folder: one secret a file. The name of a secret
// is its path below the folder. The providers file, docker and systemd use it.
package folder

import (
	"context"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// Folder is a folder of secrets. It is safe for concurrent use and must not be copied
// after its first use. It keeps no file open between calls.
type Folder struct {
	// Dir returns the path of the folder. It is called once for each operation.
	Dir func() (string, error)
	// Missing is the class of the error while the folder is lost,
	// secretmux.ErrNotFound or secretmux.ErrUnavailable. Nil means ErrUnavailable.
	// With Late, nil means ErrNotFound until the folder was seen once.
	Missing error
	Late    bool
	// Above lets links, even absolute ones, lead to every place below the folder's
	// parent, and not only below the folder.
	Above bool
	// Raw keeps the bytes of files unchanged.
	Raw bool

	reader steady.Reader

	mu   sync.Mutex
	past past // guarded by mu
}

// Answer is the content of one file, or the reason why it is unknown.
type Answer struct {
	Value []byte
	Err   error
}

// Read returns an Answer for each path. The files of a Kubernetes volume come from
// one generation. Paths that no file of the folder can have are refused without a
// look at the disk.
func (f *Folder) Read(ctx context.Context, paths []string) []Answer {
	answers := make([]Answer, len(paths))
	asked := make([]int, 0, len(paths)) // the indices of good paths
	for i, path := range paths {
		if answers[i].Err = checkPath(path); answers[i].Err == nil {
			asked = append(asked, i)
		}
	}
	if len(asked) == 0 {
		return answers
	}
	err := f.visit(ctx, func(v *view) (missed bool) {
		for n, content := range f.reader.ReadAll(ctx, f.files(v, paths, asked)) {
			answers[asked[n]] = f.answer(content)
			missed = missed || absent(content.Err)
		}
		return missed
	}, func(v *view) {
		f.conclude(v, paths, answers, asked)
	})
	if err != nil {
		for _, i := range asked {
			answers[i] = Answer{Err: err}
		}
	}
	return answers
}

func (f *Folder) files(v *view, paths []string, asked []int) []steady.File {
	files := make([]steady.File, len(asked))
	for n, i := range asked {
		file, atomic := v.resolve(paths[i])
		open := func() (fs.File, error) { return v.root.OpenFile(file, steady.Flags, 0) }
		files[n] = steady.File{Key: paths[i], Open: open, Atomic: atomic}
	}
	return files
}

func (f *Folder) answer(content steady.Content) Answer {
	if content.Err != nil || f.Raw {
		return Answer{Value: content.Data, Err: content.Err}
	}
	value, err := steady.Text(content.Data)
	return Answer{Value: value, Err: err}
}

// Secrets returns a Result for each name, from the file that path gives for the name.
// Bad names are refused without a look at the disk.
func (f *Folder) Secrets(ctx context.Context, names []string, path func(name string) string, result func(name string, a Answer) secretmux.Result) []secretmux.Result {
	results := make([]secretmux.Result, len(names))
	paths := make([]string, 0, len(names))
	for i, name := range names {
		results[i] = secretmux.Result{Name: name, Err: secretmux.ValidateName(name)}
		if results[i].Err == nil {
			paths = append(paths, path(name))
		}
	}
	answers := f.Read(ctx, paths)
	for i, name := range names {
		if results[i].Err == nil {
			results[i] = result(name, answers[0])
			answers = answers[1:]
		}
	}
	return results
}

// Check opens the folder and reads one entry of it.
func (f *Folder) Check(ctx context.Context) error {
	var probe error
	err := f.visit(ctx, func(v *view) bool {
		probe = v.probe()
		return false
	}, func(v *view) {
		if probe == nil {
			probe = f.emptied(v)
		}
	})
	if err != nil {
		return err
	}
	return probe
}

// At returns a Dir for a folder that is always at the same path. A relative path
// counts from the working directory at the time of each call.
func At(dir string) func() (string, error) {
	return func() (string, error) { return filepath.FromSlash(dir), nil }
}

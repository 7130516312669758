package dotenv_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

func TestFiles(t *testing.T) {
	folder := t.TempDir()
	tests := []struct {
		name, path string
		want       error
	}{
		{"absent", filepath.Join(folder, "absent"), secretmux.ErrNotFound},
		{"an absent folder", filepath.Join(folder, "no", "such"), secretmux.ErrNotFound},
		{"a folder", folder, secretmux.ErrInvalid},
		{"a device", os.DevNull, secretmux.ErrInvalid},
		{"a file for a folder", write(t, "A=1") + "/x", secretmux.ErrInvalid},
		{"too long", filepath.Join(folder, strings.Repeat("x", 5000)), secretmux.ErrInvalid},
		{"2 MiB", write(t, "A="+strings.Repeat("x", 2<<20)), secretmux.ErrTooLarge},
		{"empty", write(t, ""), secretmux.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantClass(t, open(t, tt.path, dotenv.Options{}), "a", tt.want)
		})
	}
}

func TestFileAtTheLimit(t *testing.T) {
	value := strings.Repeat("x", 1<<20-2)
	wantValue(t, open(t, write(t, "A="+value), dotenv.Options{}), "a", value)
	wantClass(t, open(t, write(t, "A="+value+"x"), dotenv.Options{}), "a", secretmux.ErrTooLarge)
}

// With half a million comment lines, the most that fit, godotenv calls itself half a
// million times. With 10 million it would end the process.
func TestCommentsAtTheLimit(t *testing.T) {
	content := strings.Repeat("#\n", (1<<20-4)/2) + "A=1\n"
	for _, dialect := range []dotenv.Dialect{dotenv.Secretmux, dotenv.Godotenv} {
		wantValue(t, open(t, write(t, content), dotenv.Options{Dialect: dialect}), "a", "1")
	}
}

func TestRelativePath(t *testing.T) {
	t.Chdir(filepath.Dir(write(t, "A=1")))
	wantValue(t, open(t, ".env", dotenv.Options{}), "a", "1")
}

func TestSymbolicLink(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(write(t, "A=1"), link); err != nil {
		t.Fatal(err)
	}
	wantValue(t, open(t, link, dotenv.Options{}), "a", "1")
}

// Root may read everything, so this test plays the system's answers.
func TestSystemErrors(t *testing.T) {
	tests := []struct {
		err  error
		want error
	}{
		{fs.ErrPermission, secretmux.ErrDenied},
		{fs.ErrNotExist, secretmux.ErrNotFound},
		{errors.New("input/output error"), secretmux.ErrUnavailable},
	}
	for _, tt := range tests {
		p := open(t, ".env", dotenv.Options{})
		p.SetOpen(func(path string) (fs.File, error) {
			return nil, &fs.PathError{Op: "open", Path: path, Err: tt.err}
		})
		wantClass(t, p, "a", tt.want)
	}
}

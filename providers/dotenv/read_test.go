package dotenv_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

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
		{"a NUL", folder + "\x00", secretmux.ErrInvalid},
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

// Half a million comment lines, the most that fit, make godotenv call itself as
// often. At 10 million it would end the process.
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

// script opens one version of the file after the other, and then the last again.
func script(p *dotenv.Provider, files ...*changing) (opened *int) {
	opened = new(int)
	p.SetOpen(func(string) (fs.File, error) {
		f := files[min(*opened, len(files)-1)]
		*opened++
		inner, err := fstest.MapFS{".env": {Data: []byte(f.content), Mode: 0o600}}.Open(".env")
		if err != nil {
			return nil, err
		}
		return &changing{File: inner, content: f.content, grows: f.grows, touched: f.touched, err: f.err}, f.err
	})
	return opened
}

// changing is a file that may grow while it is read.
type changing struct {
	fs.File
	content string
	grows   bool
	touched bool
	err     error
	stats   int64
}

func (c *changing) Stat() (fs.FileInfo, error) {
	info, err := c.File.Stat()
	c.stats++
	switch {
	case c.grows:
		info = changed{FileInfo: info, by: c.stats - 1}
	case c.touched:
		info = changed{FileInfo: info, at: time.Unix(c.stats, 0)}
	}
	return info, err
}

type changed struct {
	fs.FileInfo
	by int64
	at time.Time
}

func (c changed) Size() int64        { return c.FileInfo.Size() + c.by }
func (c changed) ModTime() time.Time { return c.at }

func TestHalfWrittenFiles(t *testing.T) {
	half, whole, empty := &changing{content: "A=ha", grows: true}, &changing{content: "A=half\nB=1"}, &changing{}
	tests := []struct {
		name   string
		files  []*changing
		opened int
		class  error
	}{
		{"steady", []*changing{whole}, 1, nil},
		{"changed once", []*changing{half, whole}, 3, nil},
		{"overwritten", []*changing{{content: "A=HALF\nB=1", touched: true}, whole}, 3, nil},
		{"changed, then two versions", []*changing{half, {content: "A=no"}, whole}, 4, nil},
		{"truncated first", []*changing{empty, whole}, 3, nil},
		{"truncated, then growing", []*changing{empty, half, whole}, 4, nil},
		{"empty for good", []*changing{empty}, 2, secretmux.ErrNotFound},
		{"never steady", []*changing{half}, 5, secretmux.ErrUnavailable},
		{"removed meanwhile", []*changing{half, {err: fs.ErrNotExist}}, 2, secretmux.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := open(t, ".env", dotenv.Options{})
				opened := script(p, tt.files...)
				if tt.class == nil {
					wantValue(t, p, "a", "half")
				} else {
					wantClass(t, p, "a", tt.class)
				}
				if *opened != tt.opened {
					t.Errorf("read %d times, want %d", *opened, tt.opened)
				}
			})
		})
	}
}

func TestWaitingForAWriterEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		p := open(t, ".env", dotenv.Options{})
		opened := script(p, &changing{grows: true})
		if _, err := p.Get(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) || *opened != 1 {
			t.Errorf("after %d reads: %v", *opened, err)
		}
	})
}

// Root may read everything, so the system's answers are played here.
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

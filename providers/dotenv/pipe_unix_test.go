//go:build unix

package dotenv_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

func mkfifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serve writes content to one reader of the FIFO, in these parts, and closes it.
func serve(t *testing.T, path string, parts ...string) (done <-chan struct{}) {
	t.Helper()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Errorf("the writer: %v", err)
			return
		}
		for i, part := range parts {
			if i > 0 {
				<-time.After(20 * time.Millisecond)
			}
			if _, err := f.WriteString(part); err != nil && !errors.Is(err, syscall.EPIPE) {
				t.Errorf("the writer: %v", err)
			}
		}
		_ = f.Close()
	}()
	return finished
}

func openFIFO(t *testing.T, path string) *dotenv.Provider {
	t.Helper()
	return open(t, path, dotenv.Options{FIFO: true})
}

func TestFIFOIsRead(t *testing.T) {
	for _, parts := range [][]string{
		{"A=1\nB=2\n"}, {"A=", "1\nB=", "2"}, {"# " + strings.Repeat("x", 1<<18) + "\nA=1\nB=2"}, // a pipe holds 64 KiB
	} {
		path := mkfifo(t)
		p := openFIFO(t, path)
		done := serve(t, path, parts...)
		results, err := p.GetMany(t.Context(), []string{"a", "b", "c"})
		if err != nil || results[0].Secret.Reveal() != "1" || results[1].Secret.Reveal() != "2" || !errors.Is(results[2].Err, secretmux.ErrNotFound) {
			t.Errorf("got %v, %v", results, err)
		}
		<-done // one reading was enough
	}
}

// A writer that opens the FIFO and writes nothing does not make an empty file.
func TestFIFOWaitsForAWriterThatWrites(t *testing.T) {
	path := mkfifo(t)
	p := openFIFO(t, path)
	go func() {
		<-serve(t, path)
		<-serve(t, path, "A=1")
	}()
	wantValue(t, p, "a", "1")
}

// The other side can't make a read last longer than its context, and no goroutine is
// left behind.
func TestFIFOEndsWithTheContext(t *testing.T) {
	for what, content := range map[string]*string{"nobody": nil, "a writer that keeps it open": new(string), "half a file": ptr("A=" + canary)} {
		t.Run(what, func(t *testing.T) {
			path := mkfifo(t)
			p := openFIFO(t, path)
			if content != nil {
				f, err := os.OpenFile(path, os.O_RDWR, 0)
				if err == nil {
					_, err = f.WriteString(*content)
				}
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = f.Close() }()
			}
			before, told := runtime.NumGoroutine(), false
			for try := 0; try < 3 || !told && try < 50; try++ {
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				_, err := p.Get(ctx, "a")
				wantNoCanary(t, err)
				// A busy machine may be late, and then the context has ended.
				if !errors.Is(err, context.DeadlineExceeded) {
					told = errors.Is(err, secretmux.ErrUnavailable) && strings.Contains(err.Error(), "no program wrote")
					if !told {
						t.Errorf("it ended with %v", err)
					}
				}
				cancel()

				cancelled, cancel := context.WithCancel(t.Context())
				time.AfterFunc(10*time.Millisecond, cancel)
				if _, err = p.Get(cancelled, "a"); !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
					t.Errorf("cancelled: %v", err)
				}
			}
			if !told {
				t.Error("it never said what was missing")
			}
			for range 100 {
				if runtime.NumGoroutine() <= before {
					return
				}
				<-time.After(10 * time.Millisecond)
			}
			t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		})
	}
}

func ptr(s string) *string { return &s }

// A name that can't be a key causes no read.
func TestFIFOIsNotReadForBadNames(t *testing.T) {
	p := openFIFO(t, mkfifo(t))
	results, err := p.GetMany(t.Context(), []string{"", "a//b"})
	if err != nil || !errors.Is(results[0].Err, secretmux.ErrInvalid) || !errors.Is(results[1].Err, secretmux.ErrInvalid) {
		t.Errorf("%v, %v", results, err)
	}
	wantClass(t, p, "../a", secretmux.ErrInvalid)
}

// A store keeps a value for its own TTL, because each read may ask a person.
func TestFIFOIsNotReadEveryTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := mkfifo(t)
		store, err := secretmux.Open(t.Context(), "dotenv://"+path+"?fifo=true", dotenv.Backend())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = store.Close() }()
		serve(t, path, "A=1")
		wantValue(t, store, "a", "1")
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		wantValue(t, store, "a", "1")
		if err := store.Check(t.Context()); err != nil {
			t.Errorf("Check, which must not read: %v", err)
		}
	})
	if got := open(t, ".env", dotenv.Options{FIFO: true}).DefaultTTL(); got != 0 {
		t.Errorf("DefaultTTL is %v", got)
	}
}

// A failed read may have asked a person, so a link does not try it twice.
func TestFIFOIsNotTriedTwice(t *testing.T) {
	for _, fifo := range []bool{true, false} {
		p := open(t, mkfifo(t), dotenv.Options{FIFO: fifo})
		if p.Retries() == fifo {
			t.Errorf("with FIFO %v a link tries twice: %v", fifo, p.Retries())
		}
	}
}

func TestFIFOIsSomethingElse(t *testing.T) {
	fifo := mkfifo(t)
	for _, tt := range []struct {
		what, path string
		fifo       bool
		want       error
		hint       string
	}{
		{"a plain file", write(t, "A="+canary), true, secretmux.ErrInvalid, "leave out fifo=true"},
		{"a folder", t.TempDir(), true, secretmux.ErrInvalid, "Docker"},
		{"a device", os.DevNull, true, secretmux.ErrInvalid, "leave out fifo=true"},
		{"nothing", fifo + ".gone", true, secretmux.ErrNotFound, "create the file"},
		{"a FIFO without fifo=true", fifo, false, secretmux.ErrInvalid, "add fifo=true"},
	} {
		p := open(t, tt.path, dotenv.Options{FIFO: tt.fifo})
		err := wantClass(t, p, "a", tt.want)
		if !strings.Contains(err.Error(), tt.hint) {
			t.Errorf("%s: %v, want %q in it", tt.what, err, tt.hint)
		}
		wantNoCanary(t, err)
		if check := p.Check(t.Context()); (check == nil) != errors.Is(tt.want, secretmux.ErrNotFound) {
			t.Errorf("%s: Check says %v", tt.what, check)
		}
	}
	p := openFIFO(t, fifo)
	if err := p.Check(t.Context()); err != nil {
		t.Errorf("Check of a FIFO: %v", err)
	}
	if err := os.Remove(fifo); err != nil {
		t.Fatal(err)
	}
	wantClass(t, p, "a", secretmux.ErrUnavailable) // Check has seen it
}

func TestFIFOIsTooLarge(t *testing.T) {
	path := mkfifo(t)
	p := openFIFO(t, path)
	done := serve(t, path, "A="+strings.Repeat("x", 1<<20))
	wantClass(t, p, "a", secretmux.ErrTooLarge)
	<-done
}

// A FIFO has mode bits too.
func TestFIFOPerm(t *testing.T) {
	path := mkfifo(t)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	p := open(t, path, dotenv.Options{FIFO: true, StrictPerm: true})
	if err := p.Check(t.Context()); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("Check says %v", err)
	}
	done := serve(t, path, "A=1")
	wantClass(t, p, "a", secretmux.ErrInvalid)
	<-done
	if info, err := os.Stat(path); err != nil || info.Mode().Type() != fs.ModeNamedPipe {
		t.Errorf("the FIFO is %v, %v", info, err)
	}
}

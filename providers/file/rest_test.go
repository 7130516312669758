package file_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
)

const rest = 100 * time.Millisecond // as the package comment says

// fresh writes a file in place. Its time comes from a clock that is ahead of the
// bubble's clock by skew.
func fresh(t *testing.T, path, content string, skew time.Duration) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o600))
	age(t, path, -skew)
}

// skews are how far the clock of a file server may be ahead of ours.
func skews() []time.Duration {
	return []time.Duration{0, 5 * time.Second, -5 * time.Second, rest / 2, -time.Hour}
}

// A writer truncates, pauses, and ends the write while a reader waits.
func TestHalfWrittenChangeIsReadAgain(t *testing.T) {
	for _, skew := range skews() {
		for _, part := range []string{"", "ne"} {
			t.Run("after "+part+" at "+skew.String(), func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, "s")
				synctest.Test(t, func(t *testing.T) {
					fresh(t, path, "old", skew)
					p := open(t, dir)
					want(t, p, "s", "old")
					fresh(t, path, part, skew)
					go func() {
						time.Sleep(rest / 2)
						fresh(t, path, "new", skew)
					}()
					start := time.Now()
					want(t, p, "s", "new")
					if took := time.Since(start); took != 2*rest {
						t.Errorf("it took %v", took)
					}
				})
			})
		}
	}
}

// The file's own clock does not matter. A first value causes no wait, and a changed
// one waits until two reads agree.
func TestPauses(t *testing.T) {
	for _, skew := range skews() {
		synctest.Test(t, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "s")
			p := open(t, dir)
			for _, c := range []struct {
				content string
				pause   time.Duration
			}{{"one", 0}, {"one", 0}, {"two", rest}, {"two", 0}, {"", 3 * rest}, {"", 0}, {"three", rest}} {
				fresh(t, path, c.content, skew)
				start := time.Now()
				want(t, p, "s", c.content)
				if took := time.Since(start); took != c.pause {
					t.Errorf("%q at %v took %v, want %v", c.content, skew, took, c.pause)
				}
			}
		})
	}
}

// A writer may truncate a file and write it in two parts, like the > of a shell. That
// is not a rotation to an empty or a half value, whatever the server's clock says.
func TestTornWritesAreNotRotations(t *testing.T) {
	for _, skew := range skews() {
		t.Run(skew.String(), func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "s")
			synctest.Test(t, func(t *testing.T) {
				value := func(i int) string { return "value-" + strconv.Itoa(i) + "-end" }
				fresh(t, path, value(0), skew)
				store, err := secretmux.Open(t.Context(), foldertest.Link("file", dir)+"?ttl=50ms", file.Backend())
				must(t, err)
				whole, torn := 0, 0
				stop, err := store.OnRotate("s", func(_ context.Context, r secretmux.Rotation) error {
					whole++
					if got := r.New.Reveal(); len(got) < len(value(0)) {
						torn++
					}
					return nil
				})
				must(t, err)
				want(t, store, "s", value(0))
				for i := range 40 {
					for _, part := range []string{"", value(i)[:4], value(i)} {
						fresh(t, path, part, skew)
						time.Sleep(rest * 2 / 3)
					}
					time.Sleep(3 * rest)
				}
				stop()
				must(t, store.Close())
				if torn > 0 || whole < 20 {
					t.Errorf("%d of %d rotations were to a torn value", torn, whole)
				}
			})
		})
	}
}

func TestFileThatNeverRests(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	synctest.Test(t, func(t *testing.T) {
		fresh(t, path, "0", 0)
		p := open(t, dir)
		want(t, p, "s", "0")
		ctx, stop := context.WithCancel(t.Context())
		fresh(t, path, "1", 0)
		go func() {
			for i := 2; ctx.Err() == nil; i++ {
				time.Sleep(rest * 2 / 3)
				fresh(t, path, strconv.Itoa(i), 0)
			}
		}()
		start := time.Now()
		_, err := p.Get(ctx, "s")
		stop()
		if !errors.Is(err, secretmux.ErrUnavailable) || time.Since(start) != 4*rest {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		time.Sleep(rest) // the writer ends
	})
}

func TestWaitObeysContext(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	synctest.Test(t, func(t *testing.T) {
		fresh(t, path, "old", 0)
		p := open(t, dir)
		want(t, p, "s", "old")
		fresh(t, path, "", 0)
		ctx, cancel := context.WithTimeout(t.Context(), rest/2)
		defer cancel()
		start := time.Now()
		_, err := p.Get(ctx, "s")
		if !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil || time.Since(start) != rest/2 {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// The files of a new generation are whole before ..data leads to them.
func TestFreshGenerationNeedsNoWait(t *testing.T) {
	v := newVolume(t, map[string]string{"s": "one"})
	synctest.Test(t, func(t *testing.T) {
		p := open(t, v.dir)
		want(t, p, "s", "one")
		start := time.Now()
		for _, value := range []string{"two", ""} {
			v.swap(t, map[string]string{"s": value})
			want(t, p, "s", value)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("it took %v", took)
		}
		// This link goes through ..data to another file.
		fresh(t, filepath.Join(v.dir, "plain"), "one", 0)
		must(t, os.Symlink("..data/../plain", filepath.Join(v.dir, "around")))
		want(t, p, "around", "one")
		fresh(t, filepath.Join(v.dir, "plain"), "two", 0)
		want(t, p, "around", "two")
		if took := time.Since(start); took != rest {
			t.Errorf("it took %v", took)
		}
	})
}

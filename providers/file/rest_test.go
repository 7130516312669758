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
)

const rest = 100 * time.Millisecond // as the package comment says

// fresh writes a file in place, as of the bubble's present.
func fresh(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o600))
	age(t, path, 0)
}

// A writer truncates, pauses, and ends the write while a reader waits.
func TestHalfWrittenFileIsReadAgain(t *testing.T) {
	for _, part := range []string{"", "ha"} {
		t.Run("after "+part, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "s")
			synctest.Test(t, func(t *testing.T) {
				fresh(t, path, part)
				go func() {
					time.Sleep(rest / 2)
					fresh(t, path, "half")
				}()
				start := time.Now()
				want(t, open(t, dir), "s", "half")
				if took := time.Since(start); took != 2*rest {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestFreshFileIsBelievedInTheEnd(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	for _, content := range []string{"", "x"} {
		for _, c := range []struct{ old, wait time.Duration }{
			{0, rest}, {rest - 1, rest}, {rest, 0}, {time.Hour, 0}, {-time.Hour, 0}, {-rest / 2, 2 * rest},
		} {
			synctest.Test(t, func(t *testing.T) {
				fresh(t, path, content)
				age(t, path, c.old)
				start := time.Now()
				want(t, open(t, dir), "s", content)
				// Content is believed when two reads agree.
				if took := time.Since(start); took != c.wait && (content == "" || took != rest) {
					t.Errorf("%q of %v ago took %v, want %v", content, c.old, took, c.wait)
				}
			})
		}
	}
}

func TestFileThatNeverRests(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	synctest.Test(t, func(t *testing.T) {
		fresh(t, path, "0")
		ctx, stop := context.WithCancel(t.Context())
		go func() {
			for i := 1; ctx.Err() == nil; i++ {
				time.Sleep(rest * 2 / 3)
				fresh(t, path, strconv.Itoa(i))
			}
		}()
		start := time.Now()
		_, err := open(t, dir).Get(ctx, "s")
		stop()
		if !errors.Is(err, secretmux.ErrUnavailable) || time.Since(start) != 4*rest {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		time.Sleep(rest) // the writer ends
	})
}

// A writer in a loop is met twice after its truncation: that is no empty value.
func TestTruncatedTwice(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	synctest.Test(t, func(t *testing.T) {
		fresh(t, path, "")
		go func() {
			time.Sleep(rest - time.Millisecond)
			fresh(t, path, "")
			time.Sleep(time.Millisecond * 2)
			fresh(t, path, "whole")
		}()
		want(t, open(t, dir), "s", "whole")
	})
}

func TestWaitObeysContext(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	synctest.Test(t, func(t *testing.T) {
		fresh(t, path, "")
		ctx, cancel := context.WithTimeout(t.Context(), rest/2)
		defer cancel()
		start := time.Now()
		_, err := open(t, dir).Get(ctx, "s")
		if !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil || time.Since(start) != rest/2 {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// The files of a new generation are whole before ..data leads to them.
func TestFreshGenerationNeedsNoWait(t *testing.T) {
	v := newVolume(t, map[string]string{"s": ""})
	synctest.Test(t, func(t *testing.T) {
		age(t, filepath.Join(v.dir, "s"), 0)
		start := time.Now()
		want(t, open(t, v.dir), "s", "")
		if took := time.Since(start); took != 0 {
			t.Errorf("it took %v", took)
		}
		// This link only passes through ..data.
		fresh(t, filepath.Join(v.dir, "plain"), "")
		must(t, os.Symlink("..data/../plain", filepath.Join(v.dir, "around")))
		want(t, open(t, v.dir), "around", "")
		if took := time.Since(start); took != rest {
			t.Errorf("it took %v", took)
		}
	})
}

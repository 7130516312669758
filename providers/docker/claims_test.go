package docker_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
)

func TestTwoNamesOfOneFile(t *testing.T) {
	dir := t.TempDir()
	p := open(t, docker.Options{Dir: dir})
	// Neither file exists, so neither name has one yet.
	for _, name := range []string{"a/b_c", "a_b/c"} {
		if _, err := p.Get(t.Context(), name); !errors.Is(err, secretmux.ErrNotFound) {
			t.Error(err)
		}
	}
	write(t, filepath.Join(dir, "a_b_c"), "canary-1")
	want(t, p, "a_b/c", "canary-1")
	for _, name := range []string{"a/b_c", "a_b_c", "a/b/c"} {
		s, err := p.Get(t.Context(), name)
		if !errors.Is(err, secretmux.ErrInvalid) || !s.IsZero() || !strings.Contains(err.Error(), `"a_b/c"`) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	want(t, p, "a_b/c", "canary-1")
}

func TestTwoNamesInABatch(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a_b"), "x")
	p := open(t, docker.Options{Dir: dir})
	got, err := p.GetMany(t.Context(), []string{"no/ne", "a/b", "a_b", "no_ne"})
	must(t, err)
	for i, class := range []error{secretmux.ErrNotFound, nil, secretmux.ErrInvalid, secretmux.ErrNotFound} {
		if !errors.Is(got[i].Err, class) {
			t.Errorf("%s: %v, want %v", got[i].Name, got[i].Err, class)
		}
	}
}

func TestOneOfManyNamesWins(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a_b_c"), "x")
	p := open(t, docker.Options{Dir: dir})
	var (
		wg   sync.WaitGroup
		wins atomic.Int32
	)
	for _, name := range []string{"a/b/c", "a_b/c", "a/b_c", "a_b_c"} {
		wg.Go(func() {
			if _, err := p.Get(t.Context(), name); err == nil {
				wins.Add(1)
			}
		})
	}
	wg.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d names were answered", wins.Load())
	}
}

package docker_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
)

// Outside of a container there is no folder. After the folder was seen, its loss is
// an outage.
func TestMissing(t *testing.T) {
	for _, c := range []struct {
		missing       error
		before, after error // before the folder existed
		check         bool  // fails before
	}{
		{nil, secretmux.ErrNotFound, secretmux.ErrUnavailable, true},
		{secretmux.ErrNotFound, secretmux.ErrNotFound, secretmux.ErrNotFound, false},
		{secretmux.ErrUnavailable, secretmux.ErrUnavailable, secretmux.ErrUnavailable, true},
	} {
		dir := filepath.Join(t.TempDir(), "secrets")
		p := open(t, docker.Options{Dir: dir, Missing: c.missing})
		_, err := p.Get(t.Context(), "db/password")
		if !errors.Is(err, c.before) || !strings.Contains(err.Error(), `there is no "secrets" in `) {
			t.Errorf("%v: before it was there: %v", c.missing, err)
		}
		if err := p.Check(t.Context()); (err != nil) != c.check {
			t.Errorf("%v: Check before the folder existed: %v", c.missing, err)
		}
		write(t, filepath.Join(dir, "db_password"), "x")
		want(t, p, "db/password", "x")
		must(t, p.Check(t.Context()))
		must(t, os.Rename(dir, dir+".old"))
		if _, err := p.Get(t.Context(), "db/password"); !errors.Is(err, c.after) {
			t.Errorf("%v: after it was there: %v", c.missing, err)
		}
		err = p.Check(t.Context())
		if fails := !errors.Is(c.after, secretmux.ErrNotFound); (err != nil) != fails || fails && !errors.Is(err, c.after) {
			t.Errorf("%v: Check after the folder existed: %v", c.missing, err)
		}
	}
}

// Seeing the folder is enough, even without a read from it.
func TestSeenByCheck(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secrets")
	p := open(t, docker.Options{Dir: dir})
	must(t, os.Mkdir(dir, 0o755))
	must(t, p.Check(t.Context()))
	must(t, os.Remove(dir))
	if _, err := p.Get(t.Context(), "s"); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Error(err)
	}
	for _, err := range p.List(t.Context(), "") {
		if !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("List says %v", err)
		}
	}
}

func TestMissingInAConfigString(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone")
	for parameter, class := range map[string]error{
		"": secretmux.ErrNotFound, "?missing=absent": secretmux.ErrNotFound, "?missing=unavailable": secretmux.ErrUnavailable,
	} {
		store, err := secretmux.Open(t.Context(), foldertest.Link("docker", gone)+parameter, docker.Backend())
		must(t, err)
		if _, err := store.Get(t.Context(), "s"); !errors.Is(err, class) {
			t.Errorf("%q: %v", parameter, err)
		}
		must(t, store.Close())
	}
	_, err := secretmux.Open(t.Context(), "docker:?missing=maybe", docker.Backend())
	if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "absent, unavailable") || strings.Contains(err.Error(), "maybe") {
		t.Errorf("missing= with another word: %v", err)
	}
}

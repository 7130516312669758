package secretmux_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestStoreFieldsShareOneFetch(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"db": document})
	r.Want("db#user", "ann")
	r.Want("db#pass", "p#1")
	r.Want("db#port", "5432")
	r.Want("db#tls", "true")
	r.Want("db#/host/a", "b")
	r.Want("db", document)
	r.Want("db?version=current#user", "ann")
	r.WantCalls(1)

	r.WantErr("db#nope", secretmux.ErrFieldNotFound)
	r.WantErr("db#nope", secretmux.ErrNotFound)
	r.WantCalls(0)
}

// Five fields in one call are one call as well, with nothing kept before.
func TestStoreGetManyOfFieldsIsOneFetch(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"db": document})
	refs := []string{"db#user", "db#pass", "db#port", "db#tls", "db#/host/a"}
	got, err := r.GetAll(t.Context(), refs...)
	if err != nil || len(got) != len(refs) {
		t.Fatalf("GetMany returned %d secrets and %v", len(got), err)
	}
	r.WantCalls(1)
	if r.Backend.Batches.Load() != 0 {
		t.Error("one document was read as a batch, which may need a permission of its own")
	}
}

func TestStoreGetManyReturnsWhatItCan(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1", "b": "2", "doc": document})
	r.Faults.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}, "locked"))
	got, err := r.GetAll(t.Context(), "a", "absent", "b", "locked", "doc#nope", "doc#user", "../canary", "a", "absent")
	if want := []string{"a", "b", "doc#user"}; !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
		t.Errorf("GetMany returned %q, want %q", slices.Sorted(maps.Keys(got)), want)
	}
	r.WantCalls(1)
	failed := failedOf(t, err)
	if len(failed) != 4 {
		t.Fatalf("GetAll failed with %v, want one error for each of 4 references", err)
	}
	for ref, want := range map[string]struct {
		name  string
		class error
	}{
		"absent": {"absent", secretmux.ErrNotFound}, "locked": {"locked", secretmux.ErrDenied},
		"doc#nope": {"doc#nope", secretmux.ErrNotFound}, "../canary": {"", secretmux.ErrInvalid},
	} {
		var e *secretmux.Error
		if !errors.As(failed[ref], &e) || e.Name != want.name || !errors.Is(e, want.class) {
			t.Errorf("the error of %q is %v, want one about %q that is %v", ref, failed[ref], want.name, want.class)
		}
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("the error quotes a malformed reference: %v", err)
	}
}

func TestStoreGetManyOfNothing(t *testing.T) {
	r := newRig(t, secretmux.Options{}, nil)
	if got, err := r.GetAll(t.Context()); err != nil || got == nil || len(got) != 0 {
		t.Errorf("GetMany of nothing returned %v, %v; want an empty map", got, err)
	}
	r.WantCalls(0)
}

func TestStorePreloadReportsAllProblemsAtOnce(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1", "doc": document, "off": "x"})
	r.Memory.Disable("off")
	if err := r.Preload(t.Context(), "a", "doc#user"); err != nil {
		t.Fatal(err)
	}
	r.WantCalls(1)
	r.Want("a", "1")
	r.Want("doc#pass", "p#1")
	r.WantCalls(0)

	err := r.Preload(t.Context(), "a", "absent", "off", "doc#nope", "a//b")
	for ref, want := range map[string]error{
		"absent": secretmux.ErrNotFound, "off": secretmux.ErrDisabled, "doc#nope": secretmux.ErrFieldNotFound, "a//b": secretmux.ErrInvalid,
	} {
		if !errors.Is(failedOf(t, err)[ref], want) {
			t.Errorf("Preload failed with %v, want it to tell of %v", err, want)
		}
	}
	for _, name := range []string{`"absent"`, `"off"`, `"doc#nope"`} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("Preload failed with %v, want it to name %s", err, name)
		}
	}
}

func TestStoreVersions(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "one", "doc": `{"k":"old"}`})
	r.Memory.Set("a", "two")
	r.Memory.Set("doc", `{"k":"new"}`)
	r.Want("a", "two")
	r.Want("a?version=previous", "one")
	r.Want("a?version=1", "one")
	r.Want("a?version=2", "two")
	r.Want("doc?version=previous#k", "old")
	r.Want("doc#k", "new")
	r.WantErr("a?version=99", secretmux.ErrNotFound)
	r.WantErr("absent?version=1", secretmux.ErrNotFound)

	for _, version := range []string{"previous", "1"} {
		if got, err := r.GetVersion(t.Context(), "a", version); err != nil || got.Reveal() != "one" {
			t.Errorf("GetVersion(%q) = %q, %v", version, got.Reveal(), err)
		}
	}
}

// A name or version that would change the meaning of the reference they make.
func TestStoreGetVersionRefusesWhatIsNoName(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": `{"x?version=1":"field"}`})
	for _, tt := range []struct{ name, version string }{
		{"a", ""}, {"a", "1#x"}, {"a", "1&version=2"}, {"a#x", "1"}, {"a?version=1", "1"}, {"", "1"}, {"a/..", "1"},
	} {
		if got, err := r.GetVersion(t.Context(), tt.name, tt.version); !errors.Is(err, secretmux.ErrInvalid) || !got.IsZero() {
			t.Errorf("GetVersion(%q, %q) failed with %v, want ErrInvalid", tt.name, tt.version, err)
		}
	}
	r.WantCalls(0)
}

func TestStoreInvalidReferencesAreNotKept(t *testing.T) {
	r := newRig(t, secretmux.Options{}, nil)
	for _, ref := range []string{
		"", " ", "a//b", "../a", "a/", "/a", "a#", "a##b", "a#b#c", "a?version=", "a?v=1", "a?version=1?", "a\x00b", "a\n", "a#/~2",
		strings.Repeat("x", 4096),
	} {
		r.WantErr(ref, secretmux.ErrInvalid)
		if _, err := r.GetAll(t.Context(), ref); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("GetMany(%q) failed with %v, want ErrInvalid", ref, err)
		}
		if err := r.Refresh(t.Context(), ref); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("Refresh(%q) failed with %v, want ErrInvalid", ref, err)
		}
		if _, err := r.Watch(t.Context(), ref); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("Watch(%q) failed with %v, want ErrInvalid", ref, err)
		}
		r.Invalidate(ref)
		if stop, err := r.Store.OnRotate(ref, (&told{}).Call); !errors.Is(err, secretmux.ErrInvalid) || stop != nil {
			t.Errorf("OnRotate(%q) failed with %v, want ErrInvalid", ref, err)
		}
	}
	if got := r.Status(); len(got) != 0 {
		t.Errorf("Status has %d secrets after malformed references, want none", len(got))
	}
	r.WantCalls(0)
}

// What is absent is kept for NegativeTTL, and not for longer.
func TestStoreAbsentNamesDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{NegativeTTL: -1}, nil)
		for _, ref := range []string{"a", "b#f", "c?version=3"} {
			r.WantErr(ref, secretmux.ErrNotFound)
		}
		if got := r.Status(); len(got) != 0 {
			t.Errorf("Status has %d absent secrets with a negative NegativeTTL, want none", len(got))
		}
	})
}

// A remembered failure is shared. What each caller got stays as it was.
func TestStoreErrorsBelongToTheirReference(t *testing.T) {
	r := newRig(t, secretmux.Options{}, nil)
	refs := []string{"absent", "absent#a", "absent#b", "absent?version=current"}
	failures := make([]*secretmux.Error, len(refs))
	for i, ref := range refs {
		if _, err := r.Get(t.Context(), ref); !errors.As(err, &failures[i]) {
			t.Fatalf("Get(%q) failed with %v, want an *Error", ref, err)
		}
	}
	r.WantCalls(1)
	for i, ref := range refs {
		if failures[i].Name != ref {
			t.Errorf("the error of Get(%q) names %q", ref, failures[i].Name)
		}
	}
	if _, err := r.Get(t.Context(), "absent"); errors.As(err, &failures[0]) {
		failures[0].Name, failures[0].Class = "changed", nil
	}
	r.WantErr("absent", secretmux.ErrNotFound)
}

func TestStoreContextThatEndedBefore(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
	ctx, cancel := context.WithTimeout(t.Context(), -time.Second)
	defer cancel()
	_, err := r.Get(ctx, "a")
	_, manyErr := r.GetAll(ctx, "a")
	_, watchErr := r.Watch(ctx, "a")
	for _, err := range []error{err, manyErr, watchErr, r.Preload(ctx, "a"), r.Refresh(ctx, "a")} {
		var e *secretmux.Error
		if !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil || !errors.As(err, &e) {
			t.Errorf("failed with %v, want an *Error without a class that is context.DeadlineExceeded", err)
		}
	}
	r.WantCalls(0)
}

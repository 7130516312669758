package integration

import (
	"slices"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

func TestKVVersion2(t *testing.T) {
	s := start(t)
	before := time.Now().Add(-time.Minute)
	s.put("app/db", map[string]any{"password": "one"})
	s.put("app/db", map[string]any{"password": "two", "port": 5432})
	store := s.open(s.link("kv/app/", ""))
	if err := store.Check(t.Context()); err != nil {
		t.Errorf("Check: %v", err)
	}

	got := wantValue(t, store, "db", `{"password":"two","port":5432}`)
	if got.Version() != "2" || got.Created().Before(before) || !got.Expires().IsZero() {
		t.Errorf("version %q, created %v, expires %v", got.Version(), got.Created(), got.Expires())
	}
	wantValue(t, store, "db#password", "two")
	wantValue(t, store, "db#port", "5432")
	wantValue(t, store, "db?version=1", `{"password":"one"}`)
	wantValue(t, store, "db?version=previous#password", "one")
	wantValue(t, store, "db?version=current#password", "two")
	wantClass(t, store, "db?version=3", secretmux.ErrNotFound)
	wantClass(t, store, "db?version=0", secretmux.ErrInvalid)
	wantClass(t, store, "absent", secretmux.ErrNotFound)
	wantClass(t, store, "absent/deeper", secretmux.ErrNotFound)
	for _, name := range []string{"../../sys/seal-status", "a//b", "a.", "a/./b"} {
		wantClass(t, store, name, secretmux.ErrInvalid)
	}
}

func TestDeletedAndDestroyed(t *testing.T) {
	s := start(t)
	for _, name := range []string{"deleted", "destroyed", "purged", "expiring"} {
		s.put(name, map[string]any{"v": "one"})
	}
	if _, err := s.root.Logical().DeleteWithContext(t.Context(), "kv/data/deleted"); err != nil {
		t.Fatal(err)
	}
	s.write("kv/destroy/destroyed", map[string]any{"versions": []int{1}})
	if _, err := s.root.Logical().DeleteWithContext(t.Context(), "kv/metadata/purged"); err != nil {
		t.Fatal(err)
	}
	s.write("kv/metadata/expiring", map[string]any{"delete_version_after": "1h"})
	s.put("expiring", map[string]any{"v": "two"})

	store := s.open(s.link("kv", ""))
	wantClass(t, store, "deleted", secretmux.ErrDisabled)
	wantClass(t, store, "deleted?version=1", secretmux.ErrDisabled)
	wantClass(t, store, "destroyed", secretmux.ErrDisabled)
	wantClass(t, store, "purged", secretmux.ErrNotFound)
	if left := time.Until(wantValue(t, store, "expiring", `{"v":"two"}`).Expires()); left < 50*time.Minute || left > time.Hour {
		t.Errorf("expires in %v, want an hour", left)
	}
	s.put("deleted", map[string]any{"v": "two"})
	wantValue(t, store, "deleted", `{"v":"two"}`)
	wantClass(t, store, "deleted?version=previous", secretmux.ErrDisabled)
}

func TestWrongMounts(t *testing.T) {
	s := start(t)
	s.put("a", map[string]any{"v": "x"})
	s.write("old/a", map[string]any{"v": "x"})
	for what, config := range map[string]string{
		"no mount":               s.link("nowhere", ""),
		"no mount, v1":           s.link("nowhere", "&kv=1"),
		"v2 paths on a v1 mount": s.link("old", ""),
		"v1 paths on a v2 mount": s.link("kv", "&kv=1"),
		"no KV engine":           s.link("sys", ""),
	} {
		t.Run(what, func(t *testing.T) {
			store := s.open(config)
			wantClass(t, store, "a", secretmux.ErrInvalid)
			wantClass(t, store, "absent", secretmux.ErrInvalid)
		})
	}
}

func TestList(t *testing.T) {
	s := start(t)
	want := []string{"app/a", "app/deep/er/b", "c"}
	for _, name := range want {
		s.put(name, map[string]any{"v": "x"})
		s.write("old/"+name, map[string]any{"v": "x"})
	}
	for _, config := range []string{s.link("kv", ""), s.link("old", "&kv=1")} {
		store := s.open(config)
		all := namesOf(t.Context(), t, store, "")
		slices.Sort(all)
		if !slices.Equal(all, want) {
			t.Errorf("List = %q, want %q", all, want)
		}
		if got := namesOf(t.Context(), t, store, "app/d"); !slices.Equal(got, []string{"app/deep/er/b"}) {
			t.Errorf("List(app/d) = %q", got)
		}
		if got := namesOf(t.Context(), t, store, "absent/"); len(got) != 0 {
			t.Errorf("List(absent/) = %q", got)
		}
	}
}

func TestKVVersion1(t *testing.T) {
	s := start(t)
	s.write("old/app/db", map[string]any{"password": "one"})
	store := s.open(s.link("old/app", "&kv=1"))
	first := wantValue(t, store, "db", `{"password":"one"}`)
	wantClass(t, store, "absent", secretmux.ErrNotFound)
	s.write("old/app/db", map[string]any{"password": "two"})
	if second := wantValue(t, store, "db", `{"password":"two"}`); second.Version() == first.Version() {
		t.Error("two values have one version")
	}
}

package secretmux_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

// answer is what a backend says, in the order in which it was made or not.
type answer struct {
	value, version string
	age            time.Duration // Created, before the test began; zero is unknown
}

func (a answer) put(r *rig, begin time.Time) {
	meta := secretmux.Meta{Version: a.version, Created: time.Unix(1, 0)} // memory would make it now
	if a.age != 0 {
		meta.Created = begin.Add(-a.age)
	}
	r.Memory.Put("a", []byte(a.value), meta)
}

func TestStoreOlderVersions(t *testing.T) {
	const year = 365 * 24 * time.Hour
	tests := []struct {
		name          string
		first, second answer
		ignored       bool
	}{
		{"a lower number", answer{"x", "10", 0}, answer{"y", "9", 0}, true},
		{"a higher number", answer{"x", "9", 0}, answer{"y", "10", 0}, false},
		{"the same number", answer{"x", "9", 0}, answer{"y", "9", 0}, false},
		{"ids that do not count", answer{"x", "b-2", 0}, answer{"y", "a-1", 0}, false},
		{"one that does not count", answer{"x", "10", 0}, answer{"y", "v9", 0}, false},
		{"digests of only digits", answer{"x", "9000000000000000", 0}, answer{"y", "1000000000000000", 0}, false},
		{"made earlier", answer{"x", "b-2", time.Hour}, answer{"y", "a-1", year}, true},
		{"made later", answer{"x", "b-2", year}, answer{"y", "a-1", time.Hour}, false},
		{"made later with a lower number", answer{"x", "10", year}, answer{"y", "9", time.Hour}, false},
		{"made earlier with a higher number", answer{"x", "9", time.Hour}, answer{"y", "10", year}, true},
		{"made at the same time with a lower number", answer{"x", "10", year}, answer{"y", "9", year}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := secretmux.Options{TTL: 10 * time.Second, Grace: time.Minute, Jitter: -1}
				r := newRig(t, opts, nil)
				begin := time.Now()
				tt.first.put(r, begin)
				var told told
				r.OnRotate("a", told.Call)
				synctest.Wait()
				tt.second.put(r, begin)
				r.Pass(50 * time.Second)
				if tt.ignored {
					r.Want("a", "x")
					told.Want(t)
				} else {
					r.Want("a", "y")
				}
				r.Pass(30 * time.Second) // past the grace: the backend means it
				r.Want("a", "y")
				told.Want(t, "x>y")
			})
		})
	}
}

func TestStoreGrace(t *testing.T) {
	tests := []struct {
		name  string
		grace time.Duration
		after time.Duration // when the older version is taken
	}{
		{"default", 0, time.Minute},
		{"short", 20 * time.Second, 20 * time.Second},
		{"negative", -1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, secretmux.Options{TTL: 10 * time.Second, Grace: tt.grace, Jitter: -1}, nil)
				r.Memory.Put("a", []byte("new"), secretmux.Meta{Version: "2"})
				r.OnRotate("a", new(told).Call)
				r.Pass(time.Second)
				r.Memory.Put("a", []byte("old"), secretmux.Meta{Version: "1", Created: time.Now().Add(-time.Hour)})
				r.Pass(9 * time.Second) // read for the first time at 9s
				if tt.after > 0 {
					r.Want("a", "new")
					r.Pass(tt.after - 2*time.Second)
					r.Want("a", "new")
				}
				r.Pass(12 * time.Second)
				r.Want("a", "old")
			})
		})
	}
}

// An operator who rolls back says so with Refresh.
func TestStoreRefreshTakesAnOlderVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: 10 * time.Second}, nil)
		r.Memory.Put("a", []byte("new"), secretmux.Meta{Version: "2"})
		var told told
		r.OnRotate("a", told.Call)
		synctest.Wait()
		r.Memory.Put("a", []byte("old"), secretmux.Meta{Version: "1", Created: time.Now().Add(-time.Hour)})
		r.Pass(20 * time.Second)
		r.Want("a", "new")
		if err := r.Refresh(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		r.Want("a", "old")
		synctest.Wait()
		told.Want(t, "new>old")
	})
}

// Versions of different links don't compare: the env link's answer is not older
// because it has a lower number.
func TestStoreVersionsOfAnotherLinkDoNotCompare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, nil)
		r.Memory.Put("a", []byte("second"), secretmux.Meta{Version: "10"})
		r.Memory.Put("over/b", []byte("x"), secretmux.Meta{})
		r.Reopen("memory:?prefix=over/,memory:", secretmux.Options{TTL: 10 * time.Second})
		r.OnRotate("a", new(told).Call)
		synctest.Wait()
		r.Want("a", "second")
		r.Memory.Put("over/a", []byte("first"), secretmux.Meta{Version: "1", Created: time.Now().Add(-time.Hour)})
		r.Pass(10 * time.Second)
		r.Want("a", "first")
	})
}

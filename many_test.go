package secretmux_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

func wantBatch(t *testing.T, b *backend, batches int64, names ...string) {
	t.Helper()
	if got := b.Batches.Load(); got != batches {
		t.Errorf("%s got %d batches, want %d", b.URI, got, batches)
	}
	if got, _ := b.LastBatch.Load().([]string); !slices.Equal(got, names) {
		t.Errorf("%s was asked for %q, want %q", b.URI, got, names)
	}
	if got := b.Gets.Load(); got != 0 {
		t.Errorf("%s got %d single reads", b.URI, got)
	}
}

func TestChainGetManyAsksEachLinkOnceForWhatIsAbsent(t *testing.T) {
	first, second := has("one:", "a", "1"), has("two:", "a", "2", "b", "2", "denied", "x")
	third, fourth := has("three:", "c", "3"), has("four:", "a", "4", "b", "4", "c", "4")
	second.FailName = map[string]error{"denied": &secretmux.Error{Class: secretmux.ErrDenied}}
	c := chainOf(first, second, third, fourth)
	results := getMany(t.Context(), c, "c", "a", "denied", "b", "absent", "a", "../x")
	wantBatch(t, first, 1, "c", "a", "denied", "b", "absent")
	wantBatch(t, second, 1, "c", "denied", "b", "absent")
	wantBatch(t, third, 1, "c", "absent")
	// One name is read by Get: a batch call may need a permission of its own.
	if got := fourth.Gets.Load(); got != 1 || fourth.Batches.Load() != 0 {
		t.Errorf("the last link got %d single reads and %d batches for one name", got, fourth.Batches.Load())
	}
	for i, want := range []struct {
		name, value, source string
		class               error
	}{
		{"c", "3", "three:", nil},
		{"a", "1", "one:", nil},
		{"denied", "", "", secretmux.ErrDenied},
		{"b", "2", "two:", nil},
		{"absent", "", "", secretmux.ErrNotFound},
		{"a", "1", "one:", nil},
		{"../x", "", "", secretmux.ErrInvalid},
	} {
		r := results[i]
		if r.Name != want.name || r.Secret.Source() != want.source || r.Secret.Reveal() != want.value {
			t.Errorf("%d: %q comes from %q, with error %v", i, r.Name, r.Secret.Source(), r.Err)
		}
		if secretmux.ClassOf(r.Err) != want.class {
			t.Errorf("%s: %v, want %v", r.Name, r.Err, want.class)
		}
	}
	var attempts *secretmux.FallbackError
	if !errors.As(results[4].Err, &attempts) || len(attempts.Attempts) != 4 {
		t.Errorf("the absent name does not list each link: %v", results[4].Err)
	}
}

func TestChainGetManyStopsWhenAllAreFound(t *testing.T) {
	first, second := has("one:", "a", "1", "b", "1"), has("two:", "a", "2")
	results := getMany(t.Context(), chainOf(first, second), "a", "b")
	if results[0].Err != nil || results[1].Err != nil {
		t.Fatal(results[0].Err, results[1].Err)
	}
	if second.Batches.Load() != 0 {
		t.Error("the second link was asked for nothing")
	}
	if got := getMany(t.Context(), chainOf(first)); len(got) != 0 || first.Batches.Load() != 1 {
		t.Error("no names make a call")
	}
}

func TestGetManyWithoutABatchCall(t *testing.T) {
	b := has("one:")
	names := make([]string, 100)
	for i := range names {
		names[i] = fmt.Sprintf("n%d", i)
		b.Values[names[i]] = names[i]
	}
	for _, p := range []secretmux.Provider{plain(b), chainOf(plain(b)), replicasOf(plain(b), plain(b))} {
		b.Gets.Store(0)
		for i, r := range getMany(t.Context(), p, append(names, names...)...) {
			if r.Err != nil || r.Name != names[i%100] || r.Secret.Reveal() != r.Name {
				t.Fatalf("%d: %q, %v", i, r.Name, r.Err)
			}
		}
		if b.Gets.Load() != 100 || b.Batches.Load() != 0 {
			t.Errorf("%d reads of 100 names, %d batches", b.Gets.Load(), b.Batches.Load())
		}
	}
}

func TestListOfCompositions(t *testing.T) {
	one, two := has("one:", "a", "1", "db/x", "1"), has("two:", "a", "2", "b", "2", "db/y", "2")
	down, throttled := failing("down:", secretmux.ErrUnavailable), failing("slow:", secretmux.ErrThrottled)
	denied := failing("denied:", secretmux.ErrDenied)
	for name, c := range map[string]struct {
		p      secretmux.Provider
		prefix string
		want   []string
		class  error
	}{
		"union":              {chainOf(one, two), "", []string{"a@one:", "db/x@one:", "b@two:", "db/y@two:"}, nil},
		"prefix":             {chainOf(one, two), "db/", []string{"db/x@one:", "db/y@two:"}, nil},
		"no match":           {chainOf(one, two), "z", nil, nil},
		"a link can't":       {chainOf(one, plain(two)), "", []string{"a@one:", "db/x@one:"}, errors.ErrUnsupported},
		"a link fails":       {chainOf(one, denied, two), "", []string{"a@one:", "db/x@one:"}, secretmux.ErrDenied},
		"on= lists no holes": {chainOf(secretmux.ContinueOn(denied, secretmux.ErrDenied), two), "", nil, secretmux.ErrDenied},
		"nested":             {chainOf(replicasOf(down, one), two), "", []string{"a@one:", "db/x@one:", "b@two:", "db/y@two:"}, nil},
		"wrapped":            {secretmux.ContinueOn(chainOf(one, two)), "db/", []string{"db/x@one:", "db/y@two:"}, nil},
		"first replica":      {replicasOf(one, two), "", []string{"a@one:", "db/x@one:"}, nil},
		"replica down":       {replicasOf(down, throttled, two), "", []string{"a@two:", "b@two:", "db/y@two:"}, nil},
		"replica denied":     {replicasOf(denied, two), "", nil, secretmux.ErrDenied},
		"replica can't":      {replicasOf(plain(one), two), "", nil, errors.ErrUnsupported},
		"empty replica":      {replicasOf(has("empty:"), two), "", nil, nil},
		"replicas all down":  {replicasOf(down, throttled), "", nil, secretmux.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := listed(t, c.p, c.prefix)
			if !slices.Equal(got, c.want) || secretmux.ClassOf(err) != c.class {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	_, err := listed(t, replicasOf(down, throttled), "")
	var attempts *secretmux.FallbackError
	if !errors.As(err, &attempts) || len(attempts.Attempts) != 2 {
		t.Errorf("the error does not list the replicas: %v", err)
	}
}

func TestListStopsWithItsCaller(t *testing.T) {
	one, two := has("one:", "a", "1", "b", "1"), has("two:", "c", "2")
	for _, p := range []secretmux.Provider{chainOf(one, two), replicasOf(one, two)} {
		for range secretmux.List(t.Context(), p, "") {
			break
		}
	}
	if two.Lists.Load() != 0 {
		t.Error("the second link was listed for a caller that had left")
	}
}

// Secrets that fall due together are read together, those with a version apart.
func TestStoreBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute, Jitter: -1}, map[string]string{"a": "1", "b": "2", "c": "3"})
		got, err := r.GetAll(t.Context(), "a", "b", "c", "c?version=1")
		if err != nil || len(got) != 4 {
			t.Fatalf("GetMany returned %d secrets, %v", len(got), err)
		}
		r.WantCalls(2)
		for _, ref := range []string{"a", "b", "c"} {
			r.OnRotate(ref, new(told).Call)
		}
		r.Pass(55 * time.Second)
		r.WantCalls(1)
		if r.Backend.Batches.Load() != 2 {
			t.Errorf("%d batches, want the first read and the refresh", r.Backend.Batches.Load())
		}
	})
}

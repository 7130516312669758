package awstest

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
)

// fill makes n secrets whose values are their names.
func (a Account) fill(n int) []string {
	return Fill(n, func(name string) { a.Set(name, name) })
}

func batchInCalls(t *testing.T, a Account) {
	names := a.fill(3*a.Size + 2)
	WantAll(t, GetMany(t, a.provider(t), names...), names)
	a.wantCalls(t, a.Batch, 4)
	a.wantCalls(t, "", 4)
}

// batchOfOne is a Get, as a batch needs another permission.
func batchOfOne(t *testing.T, a Account) {
	names := a.fill(1)
	WantAll(t, GetMany(t, a.provider(t), names...), names)
	a.wantCalls(t, a.Get, 1)
}

// batchWithoutPermission reads singly, and the batch has a rest.
func batchWithoutPermission(t *testing.T, a Account) {
	names := a.fill(3)
	for i, code := range []string{"AccessDeniedException", "NotAuthorized", "UnknownOperationException"} {
		a.Server.Do(func() { a.Server.Refused[a.Batch] = Refuse(code, "not for you") })
		p := a.provider(t)
		for range 2 {
			WantAll(t, GetMany(t, p, names...), names)
		}
		a.wantCalls(t, a.Batch, i+1)
		a.wantCalls(t, a.Get, 6*(i+1))
	}
}

// batchFails tests that an outage of a batch is one for all its names, and costs no
// further calls.
func batchFails(t *testing.T, f func(*testing.T) Account) {
	for code, want := range map[string]error{
		"ThrottlingException": secretmux.ErrThrottled, "InternalServerError": secretmux.ErrUnavailable,
		"RequestTimeoutException": secretmux.ErrUnavailable, "ExpiredTokenException": secretmux.ErrUnauthenticated,
	} {
		a := f(t)
		names := a.fill(2)
		a.Server.Refused[a.Batch] = Refuse(code, "")
		for _, r := range GetMany(t, a.provider(t), names...) {
			WantClass(t, r.Err, want)
		}
		a.wantCalls(t, "", 1)
	}
}

// refusedAsAWhole tests what becomes of a batch that is refused by code, as
// emulators do where the service answers for each name.
func refusedAsAWhole(t *testing.T, a Account, code string) {
	refusal := Refuse(code, "the request is not valid")
	names, p := a.fill(a.Size+3), a.provider(t)
	a.Server.Refused[a.Batch] = refusal

	// Nothing is known of any one name, so that none is absent.
	for calls, asked := range map[int][]string{1: names[:3], 2: names} {
		before := a.Server.Calls()
		results, err := p.GetMany(t.Context(), asked)
		WantClass(t, err, secretmux.ErrInvalid)
		if n := a.Server.Calls() - before; results != nil || n != calls {
			t.Errorf("%d results and %d calls, want none and %d", len(results), n, calls)
		}
	}
	store, err := secretmux.New(p, secretmux.Options{})
	WantClass(t, err, nil)
	if err := store.Preload(t.Context(), names[:3]...); errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("a store takes it for absence: %v", err)
	}

	// A name that can't be one is known of, so the others are read singly.
	mixed := GetMany(t, p, slices.Insert(slices.Clone(names[:3]), 1, "not a name")...)
	WantClass(t, mixed[1].Err, secretmux.ErrInvalid)
	WantAll(t, slices.Delete(mixed, 1, 2), names[:3])

	// Where one call is answered and another is not, the names of the latter are.
	a.Server.Do(func() {
		delete(a.Server.Refused, a.Batch)
		a.Server.FailBatch[names[len(names)-1]] = func(w http.ResponseWriter, _ *http.Request) {
			a.Server.Refuse(w, http.StatusBadRequest, refusal)
		}
	})
	before := a.Server.Calls()
	WantAll(t, GetMany(t, p, names...), names)
	if n := a.Server.Calls() - before; n != 2+3 {
		t.Errorf("%d calls, want two batches and three single reads", n)
	}
}

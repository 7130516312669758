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

// batchOfOne tests that a batch of one name is a Get, because a batch needs another
// permission.
func batchOfOne(t *testing.T, a Account) {
	names := a.fill(1)
	WantAll(t, GetMany(t, a.provider(t), names...), names)
	a.wantCalls(t, a.Get, 1)
}

// batchWithoutPermission tests that names are read one at a time if the permission
// for a batch is missing, and that no other batch is tried for a while.
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

// batchFails tests that an outage of a batch is an outage for all its names and costs
// no further calls. If no batch was answered, it is the error of GetMany, so that a
// link tries again.
func batchFails(t *testing.T, f func(*testing.T) Account) {
	for code, want := range map[string]error{
		"ThrottlingException": secretmux.ErrThrottled, "InternalServerError": secretmux.ErrUnavailable,
		"RequestTimeoutException": secretmux.ErrUnavailable, "ExpiredTokenException": secretmux.ErrUnauthenticated,
	} {
		a := f(t)
		names, p := a.fill(a.Size+3), a.provider(t)
		a.Server.Refused[a.Batch] = Refuse(code, "")
		results, err := p.GetMany(t.Context(), names)
		WantClass(t, err, want)
		if results != nil {
			t.Errorf("%s: there are results beside the error", code)
		}
		a.wantCalls(t, "", 2)

		a.answerTheFirst(names, Refuse(code, ""))
		for i, r := range GetMany(t, p, names...) {
			if i < a.Size {
				WantClass(t, r.Err, nil)
			} else {
				WantClass(t, r.Err, want)
			}
		}
		a.wantCalls(t, "", 4)
	}
}

// answerTheFirst makes the service answer the first of two batches and refuse the
// second.
func (a Account) answerTheFirst(names []string, with Refusal) {
	a.Server.Do(func() {
		delete(a.Server.Refused, a.Batch)
		a.Server.FailBatch[names[len(names)-1]] = func(w http.ResponseWriter, _ *http.Request) {
			a.Server.Refuse(w, http.StatusBadRequest, with)
		}
	})
}

// refusedAsAWhole tests a batch that is refused as a whole with a code. Emulators do
// that where the service would answer for each name.
func refusedAsAWhole(t *testing.T, a Account, code string) {
	refusal := Refuse(code, "the request is not valid")
	names, p := a.fill(a.Size+3), a.provider(t)
	a.Server.Refused[a.Batch] = refusal

	// Nothing is known about any single name, so no name is absent.
	for n, calls := range map[int]int{3: 1, a.Size: 1, a.Size + 1: 1, a.Size + 3: 2} {
		before := a.Server.Calls()
		results, err := p.GetMany(t.Context(), names[:n])
		WantClass(t, err, secretmux.ErrInvalid)
		if got := a.Server.Calls() - before; results != nil || got != calls {
			t.Errorf("%d names: %d results and %d calls, want none and %d", n, len(results), got, calls)
		}
	}
	// A link reads the names one at a time.
	store := openStore(t, secretmux.Opener{Backends: []secretmux.Backend{At(a.Server.URL).Backend()}}, a.Scheme+"://eu-west-1/")
	defer closeStore(t, store)
	got, err := store.GetAll(t.Context(), append([]string{"app/absent"}, names...)...)
	var many *secretmux.ManyError
	if !errors.As(err, &many) || len(many.Failed) != 1 || !errors.Is(many.Failed["app/absent"], secretmux.ErrNotFound) {
		t.Errorf("through a link: %v", err)
	}
	for _, name := range names {
		if got[name].Reveal() != name {
			t.Errorf("through a link, %s is not read", name)
		}
	}

	// One name is invalid without a call, so the others are read one at a time.
	mixed := GetMany(t, p, slices.Insert(slices.Clone(names[:3]), 1, "not a name")...)
	WantClass(t, mixed[1].Err, secretmux.ErrInvalid)
	WantAll(t, slices.Delete(mixed, 1, 2), names[:3])

	// If one call is answered and another is refused, the names of the refused call
	// are read one at a time.
	a.answerTheFirst(names, refusal)
	before := a.Server.Calls()
	WantAll(t, GetMany(t, p, names...), names)
	if n := a.Server.Calls() - before; n != 2+3 {
		t.Errorf("%d calls, want two batches and three single reads", n)
	}
}

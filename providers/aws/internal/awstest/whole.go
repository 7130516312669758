package awstest

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
)

// WholeCall tests what becomes of a batch that s refuses as a whole by code, for
// which fill makes n secrets that are their own names. size is that of a batch.
func WholeCall(t *testing.T, s *Server, p *aws.Provider, batchOp, code string, size int, fill func(n int) []string) {
	t.Helper()
	names := fill(size + 3)
	s.Do(func() { s.Refused[batchOp] = Refuse(code, "the request is not valid") })

	// Nothing is known of any one name, so that no name is absent.
	results, err := p.GetMany(t.Context(), names[:3])
	WantClass(t, err, secretmux.ErrInvalid)
	if results != nil {
		t.Errorf("%s: there are results beside the error", code)
	}
	if n := s.Calls(); n != 1 {
		t.Errorf("%s: %d calls, want 1", code, n)
	}
	results, err = p.GetMany(t.Context(), names)
	WantClass(t, err, secretmux.ErrInvalid)
	if results != nil {
		t.Errorf("%s: there are results of two refused calls", code)
	}
	store, err := secretmux.New(p, secretmux.Options{})
	WantClass(t, err, nil)
	if err := store.Preload(t.Context(), names[:3]...); errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("%s: a store takes it for absence: %v", code, err)
	}

	// A name that can't be one is known of, so the others are read singly.
	bad := slices.Insert(slices.Clone(names[:3]), 1, "not a name")
	mixed := GetMany(t, p, bad...)
	WantClass(t, mixed[1].Err, secretmux.ErrInvalid)
	WantAll(t, slices.Delete(mixed, 1, 2), names[:3])

	// Where one call is answered and another is not, the names of the latter are.
	s.Do(func() {
		delete(s.Refused, batchOp)
		s.FailBatch[names[len(names)-1]] = func(w http.ResponseWriter, _ *http.Request) {
			s.Refuse(w, http.StatusBadRequest, Refuse(code, "the request is not valid"))
		}
	})
	before := s.Calls()
	WantAll(t, GetMany(t, p, names...), names)
	if n := s.Calls() - before; n != 2+3 {
		t.Errorf("%s: %d calls, want two batches and three single reads", code, n)
	}
}

package secretmux_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

// unversioned lacks each version that it is asked for, after a while. A store then asks for
// the secret itself: that is the second call of one load, and promises all that the first
// does.
type unversioned struct {
	secretmux.ProviderFunc

	after time.Duration
}

func (u unversioned) GetVersion(context.Context, string, string) (secretmux.Secret, error) {
	time.Sleep(u.after)
	return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ErrNotFound}
}

func TestSecondCallOfALoadThatHangsIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		release := make(chan struct{})
		s := must(secretmux.New(unversioned{ProviderFunc: func(context.Context, string) (secretmux.Secret, error) {
			calls.Add(1)
			<-release
			return secretmux.NewSecret([]byte("x"), secretmux.Meta{}), nil
		}}, secretmux.Options{Timeout: time.Second}))
		for range 3 {
			wantClass(t, secretmux.ErrUnavailable)(s.Get(t.Context(), "a?version=7"))
		}
		if calls.Load() != 1 {
			t.Errorf("%d calls for one name hang, want 1", calls.Load())
		}
		close(release)
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Its time counts from its own beginning. Else it would pass for a slow failure, which is not
// tried again.
func TestSecondCallOfALoadHasASecondTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		s := must(secretmux.New(unversioned{after: time.Second, ProviderFunc: func(context.Context, string) (secretmux.Secret, error) {
			calls.Add(1)
			return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ErrUnavailable}
		}}, secretmux.Options{}))
		wantClass(t, secretmux.ErrUnavailable)(s.Get(t.Context(), "a?version=7"))
		if calls.Load() != 2 {
			t.Errorf("%d tries, want 2", calls.Load())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

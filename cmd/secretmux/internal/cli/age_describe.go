package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
)

// aged is one secret with its verdict.
type aged struct {
	info  secretmux.Info
	store *secretmux.Store
	why   string // why its age is unknown

	known   bool
	age     time.Duration
	most    time.Duration
	verdict verdict
	reason  string
}

// describers is how many secrets are described at a time. The quotas of these calls
// are low: 50 a second for ListSecretVersionIds.
const describers = 4

// describe asks for each age that a list did not tell, with one call for each
// secret. If a store can't tell the age of its first secret, it is not asked for
// the others.
func (r *ageReport) describe(ctx context.Context, s *session) {
	show, done := s.progress()
	defer done()
	var open []*aged
	silent := map[string]string{} // by source: why this store can't tell any age
	asked := map[string]bool{}
	for _, a := range r.secrets {
		switch {
		case !a.info.VersionCreated.IsZero():
		case asked[a.info.Source]:
			open = append(open, a)
		default:
			asked[a.info.Source] = true
			if unable := a.describe(ctx); unable {
				silent[a.info.Source] = a.why
			}
		}
	}
	var wg sync.WaitGroup
	work := make(chan *aged)
	for range describers {
		wg.Go(func() {
			for a := range work {
				a.describe(ctx)
			}
		})
	}
	for i, a := range open {
		if why, never := silent[a.info.Source]; never {
			a.why = why
			continue
		}
		show(fmt.Sprintf("%d of %d secrets", i, len(open)))
		work <- a
	}
	close(work)
	wg.Wait()
}

// describe asks the store for the age of one secret. It returns true if the store
// can't tell the age of any secret.
func (a *aged) describe(ctx context.Context) (unable bool) {
	info, err := a.ask(ctx)
	switch {
	case err != nil:
		a.why = needs(err)
		return errors.Is(secretmux.ClassOf(err), errors.ErrUnsupported)
	case info.Source != a.info.Source:
		a.why = "the answer comes from another store" // another replica answered than the one that listed
		return false
	case info.VersionCreated.IsZero():
		a.why = "the store does not say"
		return true
	}
	a.info.VersionCreated = info.VersionCreated
	if info.Version != "" {
		a.info.Version = info.Version
	}
	if info.Enabled != nil {
		a.info.Enabled = info.Enabled
	}
	if a.info.Expires.IsZero() {
		a.info.Expires = info.Expires
	}
	if a.info.LastRead.IsZero() {
		a.info.LastRead = info.LastRead
	}
	return false
}

// ask waits if the store throttles: a report on a thousand secrets makes more calls
// than the quota allows at once.
func (a *aged) ask(ctx context.Context) (secretmux.Info, error) {
	const patience = 10
	for try := 1; ; try++ {
		info, err := a.store.Describe(ctx, a.info.Name)
		var e *secretmux.Error
		if !errors.As(err, &e) || !errors.Is(e.Class, secretmux.ErrThrottled) || e.RetryAt.IsZero() || try == patience {
			return info, err
		}
		pause := time.NewTimer(time.Until(e.RetryAt))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return info, err
		}
	}
}

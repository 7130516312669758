package conformance

import (
	"context"
	"errors"
	"time"

	"github.com/secretmux/secretmux"
)

// brief is the deadline of calls that hang.
const brief = 50 * time.Millisecond

func contextCases() []conformanceCase {
	return []conformanceCase{
		{name: "context ended before", run: endedBefore},
		{name: "timeout", needs: []Capability{CapHang}, run: timeout},
		{name: "cancelled", needs: []Capability{CapHang}, run: cancelled},
		{name: "hang hits one name", needs: []Capability{CapHang}, run: hangHitsOne},
	}
}

func endedBefore(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	cancelled, cancel := context.WithCancel(tr.t.Context())
	cancel()
	expired, release := context.WithDeadline(tr.t.Context(), time.Unix(0, 0))
	defer release()
	for _, ctx := range []context.Context{cancelled, expired} {
		for _, name := range []string{"alpha", "absent"} {
			secret, err := tr.get(ctx, name)
			tr.wantContext("Get of "+name+" with a context that ended", secret, err, ctx.Err())
			secret, err = secretmux.GetVersion(ctx, tr.p, name, secretmux.VersionCurrent)
			tr.wantContext("GetVersion of "+name+" with a context that ended", secret, err, ctx.Err())
		}
		for _, r := range readMany(ctx, tr.p, "alpha", "absent") {
			tr.wantContext("GetMany with a context that ended", r.Secret, r.Err, ctx.Err())
		}
	}
}

func timeout(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	tr.Hang(tr.t, "alpha")
	ctx, cancel := context.WithTimeout(tr.t.Context(), brief)
	defer cancel()
	secret, err := tr.get(ctx, "alpha")
	tr.wantContext("Get of a name that hangs", secret, err, context.DeadlineExceeded)
	again, stop := context.WithTimeout(tr.t.Context(), brief)
	defer stop()
	var results []secretmux.Result
	tr.returns(again, "GetMany", func() { results = readMany(again, tr.p, "alpha") })
	for _, r := range results {
		tr.wantContext("GetMany of a name that hangs", r.Secret, r.Err, context.DeadlineExceeded)
	}
}

func cancelled(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	tr.Hang(tr.t, "alpha")
	ctx, cancel := context.WithCancelCause(tr.t.Context())
	defer cancel(nil)
	timer := time.AfterFunc(brief, func() { cancel(errors.New("the caller gave up")) })
	defer timer.Stop()
	secret, err := tr.get(ctx, "alpha")
	tr.wantContext("Get that was cancelled under way", secret, err, context.Canceled)
}

// hangHitsOne would catch a provider that holds a lock during a call.
func hangHitsOne(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	tr.Set(tr.t, "beta", value("b"))
	tr.Hang(tr.t, "alpha")
	hanging, cancel := context.WithCancel(tr.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = tr.p.Get(hanging, "alpha")
	}()
	defer func() {
		cancel()
		tr.returns(hanging, "Get", func() { <-done })
	}()
	within, release := context.WithTimeout(tr.t.Context(), tr.suite.patience)
	defer release()
	for begin := time.Now(); time.Since(begin) < brief; {
		secret, err := tr.get(within, "beta")
		tr.wantValue("Get of another name than the one that hangs", secret, err, value("b"))
		if err != nil {
			return
		}
	}
}

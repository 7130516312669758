package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

const (
	fleetSize    = 10_000
	fleetSecrets = 20
	backendLimit = 500 // reads a second
	pushTitle    = "Push: 10,000 instances with 20 secrets each, a backend that takes 500 reads a second"
)

// quota is a backend that counts reads by the second and refuses those above its limit,
// as clouds do: a bucket that holds a tenth of a second's.
type quota struct {
	mu      sync.Mutex
	version string
	limited bool
	tokens  float64
	at      time.Time // of tokens
	reads
}

// reads are those since a moment.
type reads struct {
	began   time.Time
	seconds map[int]int // by the second, those that were refused included
	refused int
	learned int
	last    time.Duration // when the last that was not refused came
}

func (q *quota) start(version string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.version, q.limited, q.tokens, q.at = version, true, 0, time.Now()
	q.reads = reads{began: time.Now(), seconds: map[int]int{}}
}

var errQuota = &secretmux.Error{Class: secretmux.ErrThrottled, Err: errors.New("over the quota")}

// Get implements secretmux.Provider.
func (q *quota) Get(_ context.Context, name string) (secretmux.Secret, error) {
	version, err := q.read()
	if err != nil {
		return secretmux.Secret{}, err
	}
	return secretmux.NewSecret([]byte(version+secretValue(name)), secretmux.Meta{Version: version, Source: "quota:"}), nil
}

// read returns the version that is current.
func (q *quota) read() (version string, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.limited {
		return q.version, nil
	}
	now := time.Now()
	q.seconds[int(now.Sub(q.began)/time.Second)]++
	q.tokens = min(q.tokens+now.Sub(q.at).Seconds()*backendLimit, backendLimit/10)
	q.at = now
	if q.tokens < 1 {
		q.refused++
		return "", errQuota
	}
	q.tokens--
	q.last = now.Sub(q.began)
	q.learned++
	return q.version, nil
}

// feed hands each message to each instance.
type feed struct{ messages chan delivered }

type delivered struct {
	body []byte
	err  error
}

func (f feed) Receive(ctx context.Context) (push.Message, error) {
	select {
	case d := <-f.messages:
		return push.Message{Body: d.body}, d.err
	case <-ctx.Done():
		return push.Message{}, ctx.Err()
	}
}

// TestPushFleet lets one secret rotate under a fleet, for two jitters, and then the broker
// reconnect, so that every instance reads all of its secrets once.
func TestPushFleet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, names := &quota{version: "1"}, secretNames(fleetSecrets)
		stores := make([]*secretmux.Store, fleetSize)
		for i := range stores {
			stores[i] = newStore(t, q, secretmux.Options{TTL: 7 * 24 * time.Hour})
			if err := stores[i].Preload(t.Context(), names...); err != nil {
				t.Fatal(err)
			}
		}
		const short, long = 10 * time.Second, fleetSize / 500 * time.Second
		rotation := func(version string) delivered {
			return delivered{body: push.Encode(push.Notice{Name: names[0], Version: version, Time: time.Now()})}
		}
		announce(t, q, stores, "one rotation", short, "2", rotation("2"), fleetSize)
		announce(t, q, stores, "one rotation", long, "3", rotation("3"), fleetSize)
		announce(t, q, stores, "a reconnect", long, "4", delivered{err: push.ErrMissed}, fleetSize*fleetSecrets)
	})
}

// announce makes version the current one, delivers d to each store, and counts for an hour.
func announce(t *testing.T, q *quota, stores []*secretmux.Store, what string, jitter time.Duration, version string, d delivered, want int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	q.start(version)
	for _, store := range stores {
		f := feed{make(chan delivered, 1)}
		f.messages <- d
		go func() { _ = push.Run(ctx, store, f, push.Options{Within: jitter}) }()
	}
	time.Sleep(time.Hour)
	peak := 0
	for _, n := range q.seconds {
		peak = max(peak, n)
	}
	board.row(pushTitle, []string{"", "reads", "refused", "peak reads/s", "all done after"}, fmt.Sprintf("%s, jitter %v", what, jitter),
		fmt.Sprint(q.learned+q.refused), fmt.Sprint(q.refused), fmt.Sprint(peak), q.last.Round(time.Second).String())
	if q.learned != want {
		t.Errorf("%s, jitter %v: %d reads succeeded, want exactly %d", what, jitter, q.learned, want)
	}
}

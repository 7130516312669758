package otelsecret

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/secretmux/secretmux"
)

// Gauges shows the state of store at each collection of mp: how many secrets are in
// which state, how old the oldest is and when the first expires. Several stores in one
// program add up to one count. To tell them apart, give each one a MeterProvider of its
// own. stop ends the gauges. Until then a closed store shows zeroes. A nil mp or store,
// and an mp that refuses an instrument, is ErrInvalid. The Options have no effect on
// it.
func Gauges(mp metric.MeterProvider, store *secretmux.Store, _ Options) (stop func() error, err error) {
	switch {
	case mp == nil:
		return nil, invalid("the MeterProvider is nil", "pass the MeterProvider of the SDK that the program set up")
	case store == nil:
		return nil, invalid("the store is nil", "check the error of the call that opens the store")
	}
	meter := mp.Meter(scope)
	count, err1 := meter.Int64ObservableUpDownCounter("secretmux.secret.count", metric.WithUnit("{secret}"),
		metric.WithDescription("Secrets that the store keeps, by state."))
	age, err2 := meter.Float64ObservableGauge("secretmux.secret.age.max", metric.WithUnit("s"),
		metric.WithDescription("Age of the oldest served value."))
	expiry, err3 := meter.Float64ObservableGauge("secretmux.secret.expiry.min", metric.WithUnit("s"),
		metric.WithDescription("Time until the first served value expires."))
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, notMade(err)
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		sum := summarize(store.Status(), time.Now())
		for i, n := range sum.count {
			o.ObserveInt64(count, n, stateOptions[i])
		}
		observeKnown(o, age, sum.age)
		observeKnown(o, expiry, sum.expiry)
		return nil
	}, count, age, expiry)
	if err != nil {
		return nil, notMade(err)
	}
	return registration.Unregister, nil
}

func observeKnown(o metric.Observer, gauge metric.Float64Observable, d *time.Duration) {
	if d != nil {
		o.ObserveFloat64(gauge, d.Seconds())
	}
}

// state is one of the states of a secret.
type state int

const (
	served state = iota
	stale
	expired
	refused
	absent
	failed
)

//nolint:gochecknoglobals // attribute sets are made once; nothing changes them
var stateOptions = [...]metric.ObserveOption{
	served: stateOption("served"), stale: stateOption("stale"), expired: stateOption("expired"),
	refused: stateOption("refused"), absent: stateOption("absent"), failed: stateOption("failed"),
}

func stateOption(name string) metric.ObserveOption {
	return metric.WithAttributeSet(attribute.NewSet(keyState.String(name)))
}

// stateOf is the worst state that is true for a secret.
func stateOf(st secretmux.Status) state {
	switch {
	case !st.Served && errors.Is(secretmux.ClassOf(st.Err), secretmux.ErrNotFound):
		return absent
	case !st.Served:
		return failed
	case st.Expired:
		return expired
	case st.Stale:
		return stale
	case st.Refused:
		return refused
	}
	return served
}

// summary is the data of one collection. Nil means that nothing is known.
type summary struct {
	count       [len(stateOptions)]int64
	age, expiry *time.Duration
}

func summarize(all []secretmux.Status, now time.Time) summary {
	var sum summary
	for _, st := range all {
		sum.count[stateOf(st)]++
		if !st.Served {
			continue
		}
		if sum.age == nil || st.Age > *sum.age {
			sum.age = &st.Age
		}
		if st.Expires.IsZero() {
			continue
		}
		if left := st.Expires.Sub(now); sum.expiry == nil || left < *sum.expiry {
			sum.expiry = &left
		}
	}
	return sum
}

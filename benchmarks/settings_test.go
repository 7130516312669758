package benchmarks

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

const (
	settingsRounds = 21 // the median counts
	settingsLoads  = 500
	mostSettings   = 3.0
)

// thirty is a struct of 30 settings of the usual types. Both find them by the names of
// the fields: a tag of package env would be a mistake for package settings.
type thirty struct {
	A0 string
	A1 string
	A2 string
	A3 string
	A4 string
	A5 string
	A6 string
	A7 string
	A8 string
	A9 string
	B0 int
	B1 int
	B2 int
	B3 int
	B4 int
	B5 int
	C0 bool
	C1 bool
	C2 bool
	C3 bool
	D0 time.Duration
	D1 time.Duration
	D2 time.Duration
	D3 time.Duration
	E0 float64
	E1 float64
	E2 float64
	F0 []string
	F1 []string
	F2 []string
}

// settingText is the text of a setting, by the letter of its name, in any case.
func settingText(name string) string {
	name = strings.ToLower(name)
	switch name[0] {
	case 'b':
		return "8080"
	case 'c':
		return "true"
	case 'd':
		return "1m30s"
	case 'e':
		return "0.25"
	case 'f':
		return "alpha,beta,gamma"
	}
	return secretValue(name)
}

// settingsLoaders return what fills a struct, each from what it has in memory.
func settingsLoaders(tb testing.TB) (fromMap, fromStore func() thirty) {
	tb.Helper()
	environment := map[string]string{}
	for f := range reflect.TypeFor[thirty]().Fields() {
		environment[f.Name] = settingText(f.Name)
	}
	store := newStore(tb, &instant{value: settingText}, secretmux.Options{TTL: time.Hour})
	fromMap = func() thirty {
		t, err := env.ParseAsWithOptions[thirty](env.Options{Environment: environment, UseFieldNameByDefault: true})
		if err != nil {
			tb.Fatal(err)
		}
		return t
	}
	fromStore = func() thirty {
		t, err := settings.Load[thirty](tb.Context(), store, settings.Options{})
		if err != nil {
			tb.Fatal(err)
		}
		return t
	}
	return fromMap, fromStore
}

// BenchmarkSettings times the two in turns, so that what the machine does besides
// hits both.
func BenchmarkSettings(b *testing.B) {
	scenario(b, "30 fields", func(b *testing.B) figures {
		fromMap, fromStore := settingsLoaders(b)
		if a, l := fromMap(), fromStore(); !reflect.DeepEqual(a, l) {
			b.Fatal("the two do not fill the struct with the same")
		}
		var alone, loaded []time.Duration
		for range settingsRounds {
			runtime.GC()
			alone = append(alone, timeLoads(fromMap))
			loaded = append(loaded, timeLoads(fromStore))
		}
		slices.Sort(alone)
		slices.Sort(loaded)
		base, took := alone[settingsRounds/2], loaded[settingsRounds/2]
		ratio := float64(took) / float64(base)
		const title = "A struct of 30 settings, us each"
		header := []string{"", "us", "x caarlos0/env"}
		board.row(title, header, "only caarlos0/env, from a map", microseconds(base/settingsLoads), "1.00")
		board.row(title, header, "settings.Load, over a warm store", microseconds(took/settingsLoads), number(ratio, true))
		board.target("settings.Load of 30 fields", fmt.Sprintf("%.2f x", ratio), "at most 3 x caarlos0/env from a map", ratio <= mostSettings)
		return figures{"ns/load": float64(took.Nanoseconds()) / settingsLoads}
	})
}

func timeLoads(load func() thirty) time.Duration {
	var last thirty
	start := time.Now()
	for range settingsLoads {
		last = load()
	}
	took := time.Since(start)
	runtime.KeepAlive(last)
	return took
}

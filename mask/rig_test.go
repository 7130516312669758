package mask_test

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
)

// canary is the value that no output may hold.
const canary = "Zq4x/Vw8kPj2\"mLr6tYb9n Hd3f"

func secretOf(value string) secretmux.Secret {
	return secretmux.NewSecret([]byte(value), secretmux.Meta{})
}

func setOf(opts mask.Options, values ...string) *mask.Set {
	set := mask.New(opts)
	for i, v := range values {
		set.Add([]string{"db/password", "api/key", "tls/key"}[i], secretOf(v))
	}
	return set
}

// sink keeps the output of a Writer, one string for each Write.
type sink struct {
	mu     sync.Mutex
	writes []string
	fail   func(p []byte) (int, error) // nil: it accepts everything
}

var errSink = errors.New("the disk is full")

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := len(p), error(nil)
	if s.fail != nil {
		n, err = s.fail(p)
	}
	s.writes = append(s.writes, string(p[:n]))
	return n, err
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.writes, "")
}

func (s *sink) each() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.writes)
}

package clouds_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// A server that accepts connections and never answers ends a read at the link's
// timeout, even for a caller without a deadline, and the timeout is not the
// caller's.
func TestHang(t *testing.T) {
	const (
		timeout = 300 * time.Millisecond
		tooLong = 8 * time.Second // even on a busy machine
	)
	for _, l := range links() {
		t.Run(l.scheme, func(t *testing.T) {
			address, connections := faultscript.Silent(t)
			config, backend := l.at(t, address)
			separator := "?"
			if strings.Contains(config, "?") {
				separator = "&"
			}
			store := open(t, config+separator+"timeout="+timeout.String(), backend)
			start := time.Now()
			_, err := store.Get(context.Background(), "password") // a caller without a deadline
			took := time.Since(start)
			wantClass(t, err, secretmux.ErrUnavailable)
			if took < timeout*8/10 || took > tooLong {
				t.Errorf("it took %v", took)
			}
			if errors.Is(err, context.DeadlineExceeded) {
				t.Error("the link's timeout passes for the caller's")
			}
			if connections() == 0 {
				t.Error("the server got no call")
			}
		})
	}
}

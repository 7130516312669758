package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

func TestRecessEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r session.Recess
		r.Begin()
		time.Sleep(15*time.Minute - time.Second)
		if !r.Lasts() {
			t.Error("the recess ended early")
		}
		time.Sleep(time.Second)
		if r.Lasts() {
			t.Error("the recess lasts for more than 15 minutes")
		}
	})
}

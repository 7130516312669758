package observe_test

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe"
)

func ExampleAudit() {
	l := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration" {
			return slog.Attr{}
		}
		return a
	}}))
	o := observe.Audit(l, observe.AuditOptions{})
	o(secretmux.Event{Kind: secretmux.EventRotation, Ref: "db/password", Source: "vault://vault:8200/kv", Version: "7"})
	// Output: level=INFO msg="secret event" event=rotation ref=db/password source=vault://vault:8200/kv version=7 outcome=ok
}

func ExampleReads() {
	opts := secretmux.Options{OnRead: observe.Reads(slog.Default())}
	fmt.Println(opts.OnRead != nil)
	// Output: true
}

func ExampleAuditOptions() {
	o := observe.AuditOptions{Kinds: []secretmux.EventKind{secretmux.EventRotation, secretmux.EventRefusal}}
	fmt.Println(len(o.Kinds))
	// Output: 2
}

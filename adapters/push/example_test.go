package push_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	"github.com/secretmux/secretmux/testing/memory"
)

// feed is a Source for a broker that no adapter knows: here a channel.
type feed chan push.Message

func (f feed) Receive(ctx context.Context) (push.Message, error) {
	select {
	case m, open := <-f:
		if !open {
			return push.Message{}, io.EOF
		}
		return m, nil
	case <-ctx.Done():
		return push.Message{}, ctx.Err()
	}
}

// A store learns of a rotation from a program's own broker.
func ExampleSource() {
	ctx := context.Background()
	m := memory.New(map[string]string{"db/creds": "first"})
	store, err := secretmux.New(m, secretmux.Options{TTL: 24 * time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	messages := make(feed, 1)
	go func() { _ = push.Run(ctx, store, messages, push.Options{Within: -1}) }()

	rotated := make(chan string)
	if _, err := store.Watch(ctx, "db/creds"); err != nil {
		log.Fatal(err)
	}
	_, err = store.OnRotate("db/creds", func(_ context.Context, r secretmux.Rotation) error {
		rotated <- r.New.Version()
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	version := m.Set("db/creds", "second")
	messages <- push.Message{Body: push.Encode(push.Notice{Name: "db/creds", Version: version, Time: time.Now()})}
	fmt.Println("version", <-rotated)
	// Output: version 2
}

func ExampleNotice() {
	n := push.Notice{Name: "db/creds", Version: "7", Time: time.Date(2026, 11, 25, 22, 0, 0, 0, time.UTC)}
	fmt.Printf("%s\n", push.Encode(n))
	// Output: {"v":1,"name":"db/creds","version":"7","time":"2026-11-25T22:00:00Z"}
}

// Google's events are in the attributes.
func ExampleMessage() {
	notices, err := push.Any(push.Message{Attributes: map[string]string{
		"eventType": "SECRET_VERSION_ADD", "secretId": "projects/123/secrets/db-creds", "versionId": "7",
	}})
	fmt.Println(notices[0].Name, notices[0].Version, err)
	// Output: db-creds 7 <nil>
}

// This Parser is for a rotator that sends only a name.
func ExampleParser() {
	var plain push.Parser = func(m push.Message) ([]push.Notice, error) {
		return []push.Notice{{Name: string(m.Body)}}, nil
	}
	notices, _ := plain(push.Message{Body: []byte("db/creds")})
	fmt.Println(notices[0].Name)
	// Output: db/creds
}

// These Options are for a fleet of 10,000, and count the messages.
func ExampleOptions() {
	const instances = 10_000
	counts := map[push.EventKind]int{}
	o := push.Options{
		Within:  max(10*time.Second, instances/500*time.Second),
		Observe: func(e push.Event) { counts[e.Kind]++ },
	}
	fmt.Println(o.Within)
	// Output: 20s
}

func ExampleEvent() {
	show := func(e push.Event) { fmt.Println(e.Kind, e.Name) }
	show(push.Event{Kind: push.Expected, Name: "db/creds"})
	// Output: expected db/creds
}

func ExampleEventKind() {
	fmt.Println(push.Received, push.Expected, push.Unused, push.Irrelevant, push.Malformed, push.Failed, push.Swept)
	// Output: received expected unused irrelevant malformed failed swept
}

// The relay reads the queue of the cloud and writes to the cluster's broker.
func ExampleRelay() {
	queue := make(feed, 1)
	queue <- push.Message{Body: []byte(`{"detail-type":"Secret Label Updated","source":"aws.secretsmanager",
		"detail":{"name":"db/creds","labelUpdated":"AWSCURRENT","versionId":"7f3a"}}`)}
	close(queue)
	err := push.Relay(context.Background(), queue, nil, func(_ context.Context, n push.Notice) error {
		fmt.Printf("%s\n", push.Encode(n))
		return nil
	})
	fmt.Println(errors.Is(err, secretmux.ErrClosed))
	// Output:
	// {"v":1,"name":"db/creds","version":"7f3a"}
	// true
}

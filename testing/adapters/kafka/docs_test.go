package kafka

import (
	"context"
	"io"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/secretmux/secretmux/adapters/push"
)

// partitions is the source of docs/push.md.
type partitions struct {
	client *kgo.Client
	batch  []*kgo.Record
}

// consume reads all partitions of the topic from their end.
func consume(brokers []string) (*partitions, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumeTopics("secrets"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd()))
	if err != nil {
		return nil, err
	}
	return &partitions{client: client}, nil
}

// Receive implements push.Source.
func (p *partitions) Receive(ctx context.Context) (push.Message, error) {
	for len(p.batch) == 0 {
		fetches := p.client.PollFetches(ctx)
		if fetches.IsClientClosed() {
			return push.Message{}, io.EOF
		}
		if err := fetches.Err(); err != nil {
			return push.Message{}, err
		}
		p.batch = fetches.Records()
	}
	r := p.batch[0]
	p.batch = p.batch[1:]
	return push.Message{Body: r.Value}, nil
}

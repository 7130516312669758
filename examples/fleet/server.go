package main

import (
	"errors"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// server is a NATS server in this process. It opens no port.
type server struct{ *natsserver.Server }

func startServer() (*server, error) {
	s, err := natsserver.NewServer(&natsserver.Options{DontListen: true, NoSigs: true, NoLog: true})
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		s.Shutdown()
		return nil, errors.New("the NATS server is not ready")
	}
	return &server{s}, nil
}

// connect never gives up. By default a client gives up after two minutes.
func (s *server) connect(opts ...nats.Option) (*nats.Conn, error) {
	return nats.Connect("", append(opts, nats.InProcessServer(s.Server), nats.MaxReconnects(-1))...)
}

/* server: the event loop of a web worker: accepts, moves bytes between sockets and http, keeps the deadlines. One a
 * process, nothing shared. System calls after server_open: accept4 clock_gettime close epoll_ctl epoll_wait madvise
 * mmap munmap read recvfrom sendmsg shutdown write. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H
#include "web/http.h"

struct server;

/* Most connections of a worker. Each costs its row and, once it has said something, a page of input; a turn only while
 * something of a request is under way. */
enum { SERVER_CONNECTIONS = 10240 };

struct server_settings {
	int connections;          /* most at once; when full one that has been idle for long goes, or a slow head */
	when grace;               /* how long server_stop lets turns finish. Default 20 s */
	struct http_settings http;
};

void server_defaults(struct server_settings *);
/* Open over a listening socket, which is made non-blocking. Takes its memory from the system once, here; aborts if
 * there is none. */
struct server *server_open(int listen_fd, const struct server_settings *, const struct web_app *);
/* Serve until stopped and everything in flight has ended. */
void server_run(struct server *);
/* Stop accepting, finish turns, then server_run returns. May be called from a signal handler or a handler. */
void server_stop(struct server *);
/* Close every socket and give back the memory. Watched fds stay open. */
void server_close(struct server *);

/* Call fn from the loop whenever fd can be read (or written, or is broken); at most SERVER_WATCHES. fn may watch,
 * unwatch and resume. */
enum { SERVER_WATCHES = 16, SERVER_READ = 1, SERVER_WRITE = 2, SERVER_BROKEN = 4 };
void server_watch(struct server *, int fd, int events, void (*fn)(void *arg, int events), void *arg);
/* Change the events of a watched fd; 0 only hears of breaks. */
void server_watch_for(struct server *, int fd, int events);
/* Before the fd is closed. */
void server_unwatch(struct server *, int fd);
/* Call fn from the loop about every `every` microseconds. One a server. */
void server_tick(struct server *, when every, void (*fn)(void *arg), void *arg);
/* Let no new turn begin (those that wait longer than the park deadline are answered 503); let them again. */
void server_pause(struct server *, bool);

/* For turn_resume, and how much there is to do. */
struct http_door *server_door(struct server *);
int server_connections(const struct server *);
#endif

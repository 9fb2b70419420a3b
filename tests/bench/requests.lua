-- What wrk sends: lines of a file, each a method, a path and perhaps a body, drawn at random. `CODE` in a body becomes
-- a customer's code that hardly anybody has. At the end it prints one line of figures for load.py.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(arguments)
  math.randomseed(os.time() * 64 + number)
  requests, count = {}, 0
  for line in io.lines(arguments[1]) do
    local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
    local request = wrk.format(method, path, nil, body ~= "" and body or nil)
    if body:find("CODE", 1, true) then
      -- As long as what will be there: the request says how long its body is.
      request = wrk.format(method, path, nil, (body:gsub("CODE", "#####")))
      draws = true
    end
    count = count + 1
    requests[count] = request
  end
end

local digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

local function digit()
  local place = math.random(36)
  return digits:sub(place, place)
end

function request()
  local chosen = requests[math.random(count)]
  return draws and chosen:gsub("#", digit) or chosen
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "FIGURES %d %d %d %d %f %f\n", summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)
  ))
end

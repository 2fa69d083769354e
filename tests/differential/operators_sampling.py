"""Values between pixels at places that are data, and CenterCropPad."""
import numpy as np

import values as v
from operators import generates
from operators_indexing import filled


@generates("GridSample")
def grid_sample(b, op):
    x = filled(b, [v.F32], 4, 4)
    n, h, w = b.shape_of(x)[0], b.integer(1, 5), b.integer(1, 5)
    places = np.round(b.rng.uniform(-1.4, 1.4, [n, h, w, 2]) * 64) / 64 + 1 / 256  # none between two pixels
    names = ["bilinear", "nearest", "bicubic"] if b.opset < 20 else ["linear", "nearest", "cubic"]
    return b.node(op, [x, b.leaf(v.F32, [n, h, w, 2], places)], mode=b.pick([None, *names]),
                  padding_mode=b.pick([None, "zeros", "border", "reflection"]), align_corners=b.pick([None, 0, 1]))


@generates("RoiAlign")
def roi_align(b, op):
    x = filled(b, [v.F32], 4, 4)
    n, _, h, w = b.shape_of(x)
    regions = b.integer(1, 4)
    corners = b.rng.uniform(0, [w, h, w, h], [regions, 4])
    rois = np.concatenate([np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])], axis=1)
    scale = b.pick([None, 0.5, 1.0])
    inputs = [x, b.leaf(v.F32, [regions, 4], rois / (scale or 1)), b.leaf(v.I64, [regions], b.rng.integers(0, n, regions))]
    return b.node(op, inputs, output_height=b.pick([None, 1, 2, 3]), output_width=b.integer(1, 4), spatial_scale=scale,
                  sampling_ratio=b.integer(1, 3), mode=b.pick([None, "avg", "max"]),
                  coordinate_transformation_mode=b.pick([None, "half_pixel", "output_half_pixel"]))


@generates("CenterCropPad")
def center_crop_pad(b, op):
    x = filled(b, b.types(op))
    rank = b.rank(x)
    axes = b.axes(rank, 1) if b.chance(0.6) else None
    chosen = range(rank) if axes is None else axes
    sizes = [max(1, b.shape_of(x)[d] + b.integer(-3, 3)) for d in chosen]
    return b.node(op, [x, b.parameter(sizes)], axes=axes)
